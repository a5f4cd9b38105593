# SPDX-License-Identifier: Apache-2.0
"""lines.py - are messages counted at the lines that sent them?

    lines.py SUMMARY FIRST SECOND

FIRST and SECOND messages were sent by the functions main.first and main.second of
confluent_lines.go. Prints the counts as a row of the table has them, and its outcome.
"""
import json
import sys

LINES = {"main.first": "p.Produce(order(), nil)", "main.second": "p.Produce(order(), nil)"}


def main():
    with open(sys.argv[1]) as file:
        producer = json.load(file)["processes"][0]["producers"][0]
    counts = dict.fromkeys(LINES, 0)
    wrong = set()
    for site in producer["call_sites"]:
        frame = next((one for one in site["frames"] if one["origin"] == "user"), None)
        if not frame or frame["function"] not in counts:
            wrong.add(str(frame and frame["function"]))
            continue
        counts[frame["function"]] += site["messages"]["produced"]
        with open(frame["file"]) as source:
            text = source.read().splitlines()[frame["line"] - 1]
        if LINES[frame["function"]] not in text:
            wrong.add("%(file)s:%(line)s" % frame)
    told = "%d and %d" % tuple(counts.values())
    sent = "%s and %s" % tuple(sys.argv[2:])
    outcome = "agree" if told == sent and not wrong else \
        "disagree: " + (", ".join(sorted(wrong)) or "not the lines that sent them")
    print("\t".join((told, sent, outcome)))


main()
