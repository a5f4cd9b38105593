#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""jsonl.py FILE - reads JSON lines as json and jsonschema do: each one is of unflushed.process/1.

Prints of each line: pid, verdict, messages produced in all.
"""
import json
import os
import sys

try:
    import jsonschema
except ImportError as error:
    print(f"{error.name} for Python is not here")
    sys.exit(77)

SCHEMAS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../../tools/schema")


def schema(name):
    with open(os.path.join(SCHEMAS, name)) as file:
        return json.load(file)


summary, process = schema("unflushed.summary-1.json"), schema("unflushed.process-1.json")
resolver = jsonschema.RefResolver.from_schema(process, store={"unflushed.summary-1.json": summary})
validator = jsonschema.Draft7Validator(process, resolver=resolver)
for line in open(sys.argv[1], encoding="utf-8", newline="\n"):
    one = json.loads(line)
    validator.validate(one)
    print(one["pid"], one["verdict"],
          sum(producer["messages"]["produced"] for producer in one["producers"]))
