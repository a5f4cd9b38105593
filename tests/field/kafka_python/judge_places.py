# SPDX-License-Identifier: Apache-2.0
"""judge_places.py - whether each message's line is the one that produced it

    judge_places.py SUMMARY HOST

HOST says in a comment how many messages a line produces: "# produces N". A
message that no Python code produced has a native call site.
"""
import json
import re
import sys

with open(sys.argv[1]) as file:
    summary = json.load(file)
with open(sys.argv[2]) as file:
    expected = {}
    for number, line in enumerate(file, 1):
        match = re.search(r"# produces (\d+)( natively)?", line)
        if match:
            expected["native" if match[2] else number] = int(match[1])
found = {}
for process in summary["processes"]:
    for producer in process["producers"]:
        for site in producer["call_sites"]:
            frame = next((frame for frame in site["frames"] if frame["file"] == sys.argv[2]),
                         None)
            place = "native" if site["language"] != "python" else frame and frame["line"]
            found[place] = found.get(place, 0) + site["messages"]["produced"]
wrong = sorted("%s: %s for %s" % (place, found.get(place), expected.get(place))
               for place in set(found) | set(expected)
               if found.get(place) != expected.get(place))
print("%s\t%d lines\t%s" % (summary["verdict"], len(expected),
                            "disagree: " + "; ".join(map(str, wrong)) if wrong else "agree"))
