#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""github.py FILE - reads workflow commands as GitHub's runner does (ActionCommand.cs).

A line is a command if it begins, after blanks, with "::": "::name key=value,key=value::message".
In a value %25 %0D %0A %3A %2C are taken back, in a message %25 %0D %0A. Other lines are
searched for "##[", the older form. Prints of each command a line of JSON: its name, its
properties and its message. Refuses what is no annotation, properties that GitHub does not
document for one, and more than ten of a level.
"""
import collections
import json
import sys


def taken_back(text, escapes):
    for escape, character in escapes:
        text = text.replace(escape, character)
    return text


MESSAGE = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]
PROPERTY = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]
KNOWN = {"title", "file", "col", "endColumn", "line", "endLine"}

levels = collections.Counter()
for line in open(sys.argv[1], encoding="utf-8", newline="\n").read().split("\n"):
    line = line.rstrip("\r")
    if not line.strip():
        continue
    if not line.lstrip().startswith("::"):
        sys.exit(f"no command: {line!r}")
    head, found, message = line.lstrip()[2:].partition("::")
    if not found:
        sys.exit(f"a command without its end: {line!r}")
    name, _, rest = head.partition(" ")
    properties = {}
    for pair in filter(None, rest.split(",")):
        key, equals, value = pair.partition("=")
        if not equals or key.strip() not in KNOWN or key in properties:
            sys.exit(f"no property: {pair!r} of {line!r}")
        properties[key.strip()] = taken_back(value, PROPERTY)
    if name not in ("error", "warning", "notice"):
        sys.exit(f"no annotation: {name!r}")
    levels[name] += 1
    print(json.dumps([name, properties, taken_back(message, MESSAGE)], sort_keys=True))
if max(levels.values(), default=0) > 10:
    sys.exit(f"GitHub shows ten of a level: {levels}")
