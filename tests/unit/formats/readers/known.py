#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""known.py FILE - reads known cases with Python's TOML reader; prints them as JSON."""
import json
import sys

try:
    import tomllib
except ImportError as error:
    print(f"{error.name} for Python is not here")
    sys.exit(77)

with open(sys.argv[1], "rb") as file:
    print(json.dumps(tomllib.load(file), sort_keys=True))
