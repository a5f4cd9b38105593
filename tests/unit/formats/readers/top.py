#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""top.py FILE - reads screens, one a line, as json and jsonschema do: they are of unflushed.top/1.

Prints of each producer its rates, what is outstanding and whose fault its stalls were, then of
each that ended its verdict, then why a trace could not be read.
"""
import json
import os
import sys

try:
    import jsonschema
except ImportError as error:
    print(f"{error.name} for Python is not here")
    sys.exit(77)

SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "../../../../tools/schema/unflushed.top-1.json")
with open(SCHEMA) as file:
    validator = jsonschema.Draft7Validator(json.load(file))
with open(sys.argv[1], encoding="utf-8") as file:
    screens = [json.loads(line) for line in file]
for screen in screens:
    validator.validate(screen)
    for row in screen["producers"]:
        stall = row["stall"] and (row["stall"]["cause"] or row["stall"]["cause_of_earlier"])
        print(row["produced_per_s"], row["delivered_per_s"],
              f"outstanding={row['outstanding']} stall={stall}")
    for row in screen["ended"]:
        print("ended:", row["how"], row["verdict"])
    for row in screen["unreadable"]:
        print("unreadable:", row["why"])
