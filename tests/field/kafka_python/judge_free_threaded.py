# SPDX-License-Identifier: Apache-2.0
"""judge_free_threaded.py - whether a client that the probe left alone is never called clean

    judge_free_threaded.py SUMMARY TRUTH COUNT ...     of kafka-python or aiokafka
    judge_free_threaded.py SUMMARY flushes|forgets     of confluent-kafka, 100 messages

Nobody can look into the first two there, and a report says so; the other has librdkafka.
"""
import json
import sys

with open(sys.argv[1]) as file:
    summary = json.load(file)
verdict, wrong = summary["verdict"], []
process = summary["processes"][0]
python = process["layers"]["python"]
if python and any(one["probed"] for one in python["clients"]):
    wrong.append("probed")
if sys.argv[2] in ("flushes", "forgets"):
    counts = [one["messages"] for one in process["producers"]]
    told = "%s of 100 produced" % sum(one["produced"] for one in counts)
    delivered = sum(one["delivered"] for one in counts)
    if told != "100 of 100 produced":
        wrong.append("produced")
    if (verdict, delivered) != (("clean", 100) if sys.argv[2] == "flushes" else ("lost", 0)):
        wrong.append("verdict, %d delivered" % delivered)
else:
    with open(sys.argv[2]) as file:
        told = "%d of %s arrived" % (json.load(file)["records"], sys.argv[3])
    # What the wire shows of a cut frame is no guess.
    if verdict not in ("blind", "at_risk", "lost"):
        wrong.append("verdict")
    if not python or not python["clients"]:
        wrong.append("layers.python is %s" % json.dumps(python))
    if not any("of a version or a shape" in note for note in process["layers"]["notes"]):
        wrong.append("not said")
print("%s\t%s\t%s" % (verdict, told, "disagree: " + "; ".join(wrong) if wrong else "agree"))
