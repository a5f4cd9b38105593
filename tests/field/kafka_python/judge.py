# SPDX-License-Identifier: Apache-2.0
"""judge.py - holds one summary against what the fake broker counted

    judge.py SUMMARY TRUTH COUNT ALLOWED HOST OUTPUT TRACES

Prints "verdict<TAB>truth<TAB>agree", or "...<TAB>disagree: why<TAB>what explains it".
HOST is the program: every call site must be one of its lines with send in it,
or a line of the client.
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from evidence import evidence  # noqa: E402

summary_path, truth_path, count, allowed, host, output, traces = sys.argv[1:8]
with open(summary_path) as file:
    summary = json.load(file)
with open(truth_path) as file:
    arrived = json.load(file)["records"]
with open(host) as file:
    lines = file.read().splitlines()
count = int(count)
sums, wrong, produced_at = {}, [], 0
for process in summary["processes"]:
    for producer in process["producers"]:
        for name, number in producer["messages"].items():
            sum_so_far = sums.get(name, 0)
            sums[name] = None if None in (number, sum_so_far) else sum_so_far + number
        for site in producer["call_sites"]:
            frame = site["frames"][0]
            produced_at += site["messages"]["produced"]
            ours = frame["file"] == host
            if ours and "send" not in lines[frame["line"] - 1]:
                wrong.append("line %d" % frame["line"])
            if not ours and "kafka/producer" not in frame["file"]:
                wrong.append("site %s" % frame["file"])
    python = process["layers"]["python"]
    if not python or not python["clients"] or not all(one["probed"] and one["version"]
                                                      for one in python["clients"]):
        wrong.append("layers.python is %s" % json.dumps(python))
verdict = summary["verdict"]
if sums.get("produced") != count:
    wrong.append("produced %s of %d" % (sums.get("produced"), count))
if produced_at != count:
    wrong.append("%d have a line" % produced_at)
if None in (sums.get("unsent"), sums.get("in_flight")):
    # It died inside a write: what was in that one, nobody knows.
    if not (sums.get("delivered") or 0) <= arrived <= (sums.get("produced") or 0):
        wrong.append("delivered %s" % sums.get("delivered"))
else:
    written = sums["produced"] - sums["unsent"] - sums["purged"]
    if not written - sums["in_flight"] <= arrived <= written + sums["purged"]:
        wrong.append("written %d" % written)
if sums.get("failed"):
    wrong.append("failed %d" % sums["failed"])
if verdict not in allowed.split():
    wrong.append("verdict")
outcome = "agree"
if wrong:
    outcome = "disagree: %s\t%s" % ("; ".join(wrong), evidence(summary_path, output, traces))
print("%s\t%d of %d arrived\t%s" % (verdict, arrived, count, outcome))
