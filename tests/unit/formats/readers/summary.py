#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""summary.py - reads a summary from stdin as json and jsonschema do: it is of unflushed.summary/1.

Prints, of its table by a key, the key and how many rows it has; of one without nothing.
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
                      "../../../../tools/schema/unflushed.summary-1.json")
with open(SCHEMA, encoding="utf-8") as file:
    validator = jsonschema.Draft7Validator(json.load(file))
whole = json.load(sys.stdin)
validator.validate(whole)
if "by" in whole:
    print(whole["by"]["key"], len(whole["by"]["rows"]))
