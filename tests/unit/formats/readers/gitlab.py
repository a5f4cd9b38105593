#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gitlab.py FILE - holds a Code Quality report to what GitLab documents of it, by jsonschema.

Prints of each issue: severity, check, path:line, fingerprint, description. Refuses
fingerprints that come twice, and paths that lead out of the sources.
"""
import json
import sys

try:
    import jsonschema
except ImportError as error:
    print(f"{error.name} for Python is not here")
    sys.exit(77)

TEXT = {"type": "string", "minLength": 1}
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": TEXT,
            "check_name": TEXT,
            "fingerprint": TEXT,
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "pattern": r"^(?!/|\./)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}

raw = open(sys.argv[1], "rb").read()
if raw.startswith(b"\xef\xbb\xbf"):
    sys.exit("it begins with a byte order mark, which GitLab does not take")
issues = json.loads(raw)
jsonschema.Draft7Validator(SCHEMA).validate(issues)
seen = set()
for issue in issues:
    if issue["fingerprint"] in seen:
        sys.exit(f"{issue['fingerprint']} comes twice")
    seen.add(issue["fingerprint"])
    if ".." in issue["location"]["path"].split("/"):
        sys.exit(f"{issue['location']['path']} leads out")
    print(issue["severity"], issue["check_name"],
          f"{issue['location']['path']}:{issue['location']['lines']['begin']}",
          issue["fingerprint"], issue["description"])
