# SPDX-License-Identifier: Apache-2.0
"""report.py - images over Kafka and over HTTP: what each took, as one table

    report.py RUNS

RUNS has a line for each: client, megabytes, buffer asked for, the report's
file, the file of what the program said ("took_ms N" for each image).
"""
import json
import statistics
import sys

HEAD = ("client", "image", "asked", "granted", "latency p50", "max", "stalls", "stalled",
        "longest", "whose fault", "short writes", "fill max")


def kilobytes(number):
    return "?" if number is None else "%d KiB" % (number // 1024)


def times(path, producers):
    """By the program's own clock, or, of one that has none, the report's."""
    with open(path, errors="replace") as file:
        took = [float(line.split()[1]) for line in file if line.startswith("took_ms ")]
    if took:
        return statistics.median(took), max(took)
    for one in producers:
        if one["latency_ns"]["p50"] is not None:
            return one["latency_ns"]["p50"] / 1e6, one["latency_ns"]["max"] / 1e6
    return None, None


def row(client, megabytes, buffer, summary, said):
    with open(summary) as file:
        processes = json.load(file)["processes"]
    sockets = [one for process in processes for one in process["sockets"]]
    producers = [one for process in processes for one in process["producers"]]
    # The connection that the images took.
    main = max(sockets, key=lambda one: one["bytes"]["accepted"], default=None)
    p50, longest = times(said, producers)
    text = ["?" if one is None else "%.1f ms" % one for one in (p50, longest)]
    if main is None:
        return (client, megabytes + " MB", buffer, "?", *text, "?", "?", "?", "?", "?", "?")
    stalls = main["stalls"]
    causes = {name: stalls[name + "_ns"]
              for name in ("send_buffer", "receiver", "network", "unexplained")}
    worst = max(causes, key=causes.get)
    fill = main["fill"]["max"]
    return (client, megabytes + " MB", buffer, kilobytes(main["send_buffer"]["effective"])
            + (" auto" if main["send_buffer"]["autotuned"] else ""), *text,
            str(stalls["count"]), "%.1f ms" % (stalls["total_ns"] / 1e6),
            "%.1f ms" % (stalls["longest_ns"] / 1e6), worst if causes[worst] else "-",
            str(main["short_writes"]), "?" if fill is None else "%.0f %%" % (fill * 100))


def table(head, rows):
    widths = [max(len(one[i]) for one in [head] + rows) for i in range(len(head))]
    for one in [head] + rows:
        print("  ".join(text.ljust(width) for text, width in zip(one, widths)).rstrip())


def changes(rows):
    """The same rows by client and image: what each buffer made of it."""
    asked = list(dict.fromkeys(one[2] for one in rows))
    by_image = {}
    for one in rows:
        by_image.setdefault(one[:2], {})[one[2]] = "%s, %s stalls of %s" % (one[4], one[6], one[7])
    return (("client", "image", *asked),
            [(*image, *(cells.get(buffer, "-") for buffer in asked))
             for image, cells in by_image.items()])


def main():
    with open(sys.argv[1]) as file:
        rows = [row(*line.rstrip("\n").split("\t")) for line in file]
    print("Images as base64 text, over Kafka and over plain HTTP, on the loopback;"
          " times of one machine in one run.")
    print("Of Java the longest has the connection in it. Its default is 131072;"
          " the others leave it to the kernel.")
    table(HEAD, rows)
    print("\nWhat the size of the send buffer changes: latency p50, stalls.")
    table(*changes(rows))


main()
