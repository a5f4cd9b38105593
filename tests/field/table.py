# SPDX-License-Identifier: Apache-2.0
"""table.py - the rows of all field scripts as one table, and the count of them

    table.py ROWS NOTES

Ends with 1 when a row disagrees, or when nothing agreed. A row of five fields
(client, ending, verdict, truth, outcome) has no broker and no counts. One field
more is what a disagreement is to be explained by, told below the table.
"""
import sys

HEAD = ("client", "broker", "ending", "verdict", "counts", "truth", "")


def read(path):
    with open(path, errors="replace") as file:
        for line in file.read().splitlines():
            row = line.split("\t")
            if len(row) in (5, 6):
                row = [row[0], "-", row[1], row[2], "-", *row[3:]]
            if len(row) not in (7, 8):
                row = [line, "-", "-", "-", "-", "-", "disagree: this is no row"]
            yield row


def main():
    rows = list(read(sys.argv[1]))
    widths = [max(len(row[i]) for row in [HEAD] + rows) for i in range(len(HEAD))]
    for row in [HEAD] + rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())
    with open(sys.argv[2]) as notes:
        print("\n" + notes.read(), end="")
    failed = [row for row in rows if not row[6].startswith(("agree", "skipped: "))]
    skipped = [row for row in rows if row[6].startswith("skipped: ")]
    passed = len(rows) - len(failed) - len(skipped)
    for row in skipped:
        print("SKIPPED: %s: %s" % (row[0], row[6][len("skipped: "):]))
    for row in failed:
        print("DISAGREES: %s, %s, %s: %s, %s; %s: %s" % tuple(row[:7]))
        for evidence in row[7:]:
            print("    SEEN: " + evidence)
    print("%d passed, %d failed, %d skipped" % (passed, len(failed), len(skipped)))
    sys.exit(1 if failed or not passed else 0)


main()
