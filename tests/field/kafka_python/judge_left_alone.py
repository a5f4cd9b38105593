# SPDX-License-Identifier: Apache-2.0
"""judge_left_alone.py - whether a client that the probe left alone is said to be blind

    judge_left_alone.py SUMMARY
"""
import json
import sys

with open(sys.argv[1]) as file:
    summary = json.load(file)
wrong = []
process = summary["processes"][0]
python = process["layers"]["python"]
if summary["verdict"] != "blind":
    wrong.append("verdict")
# Whoever closes has waited; of who awaits futures that is not seen.
found = {one["id"] for one in process["findings"]}
if not {"held-unseen"} <= found <= {"held-unseen", "waits-unseen"}:
    wrong.append("findings %s" % [one["id"] for one in process["findings"]])
if python and any(one["probed"] for one in python["clients"]):
    wrong.append("probed")
produced = sum(one["messages"]["produced"] for one in process["producers"])
print("%s\t%d produced\t%s" % (summary["verdict"], produced,
                               "disagree: " + "; ".join(wrong) if wrong else "agree"))
