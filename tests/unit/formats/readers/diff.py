#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""diff.py FILE - reads a comparison as json and jsonschema do: it is of unflushed.diff/1.

Prints whether it is worse; then of each signature: what it is, its verdicts and lost messages
before and after.
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
                      "../../../../tools/schema/unflushed.diff-1.json")
with open(SCHEMA) as file:
    validator = jsonschema.Draft7Validator(json.load(file))
with open(sys.argv[1], encoding="utf-8") as file:
    whole = json.load(file)
validator.validate(whole)
print("worse" if whole["worse"] else "not worse")
for row in whole["signatures"]:
    sides = [one and (one["verdict"], one["certain"]) for one in (row["before"], row["after"])]
    print(row["is"], *sides)
