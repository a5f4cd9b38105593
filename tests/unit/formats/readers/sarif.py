#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sarif.py FILE - holds a SARIF log to the standard's text for what we print, and to what code
scanning documents that it needs, by jsonschema; and to the standard's own schema, if
UNFLUSHED_SARIF_SCHEMA names it.

Prints of each result: level, rule, uri:line, fingerprint, "suppressed" or "-", message.
"""
import json
import os
import sys
import urllib.parse

try:
    import jsonschema
except ImportError as error:
    print(f"{error.name} for Python is not here")
    sys.exit(77)

TEXT = {"type": "string", "minLength": 1}
MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": TEXT},
           "additionalProperties": False}
LEVEL = {"enum": ["none", "note", "warning", "error"]}


def closed(required, **properties):
    return {"type": "object", "required": required, "properties": properties,
            "additionalProperties": False}


LOCATION = closed(
    ["physicalLocation"],
    physicalLocation=closed(
        ["artifactLocation", "region"],
        artifactLocation=closed(["uri"], uri=TEXT, uriBaseId=TEXT),
        region=closed(["startLine"], startLine={"type": "integer", "minimum": 1})),
    logicalLocations={"type": "array", "items": closed([], fullyQualifiedName=TEXT, kind=TEXT)},
    message=MESSAGE)
LOCATIONS = {"type": "array", "minItems": 1, "maxItems": 1, "items": LOCATION}
RULE = closed(["id", "shortDescription", "fullDescription", "help", "defaultConfiguration"],
              id=TEXT, shortDescription=MESSAGE, fullDescription=MESSAGE,
              help=closed(["text", "markdown"], text=TEXT, markdown=TEXT),
              defaultConfiguration=closed(["level"], level=LEVEL))
RESULT = closed(
    ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
    ruleId=TEXT, ruleIndex={"type": "integer", "minimum": 0}, level=LEVEL, message=MESSAGE,
    locations=LOCATIONS, relatedLocations={"type": "array", "items": LOCATION},
    partialFingerprints={"type": "object", "additionalProperties": TEXT, "minProperties": 1},
    suppressions={"type": "array", "items": closed(
        ["kind"], kind={"enum": ["inSource", "external"]}, justification=TEXT)},
    properties={"type": "object"})
LOG = closed(
    ["$schema", "version", "runs"],
    version={"const": "2.1.0"}, **{"$schema": TEXT},
    runs={"type": "array", "minItems": 1, "maxItems": 1, "items": closed(
        ["tool", "results"],
        tool=closed(["driver"], driver=closed(
            ["name", "rules"], name=TEXT, version=TEXT,
            rules={"type": "array", "items": RULE})),
        invocations={"type": "array", "items": closed(
            ["executionSuccessful"], executionSuccessful={"type": "boolean"})},
        originalUriBaseIds={"type": "object"},
        columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        results={"type": "array", "items": RESULT})})

log = json.load(open(sys.argv[1], encoding="utf-8"))
jsonschema.Draft7Validator(LOG).validate(log)
if os.environ.get("UNFLUSHED_SARIF_SCHEMA"):
    jsonschema.Draft7Validator(
        json.load(open(os.environ["UNFLUSHED_SARIF_SCHEMA"], encoding="utf-8"))).validate(log)
run = log["runs"][0]
rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
if len(set(rules)) != len(rules):
    sys.exit("a rule comes twice")
seen = set()
for result in run["results"]:
    if rules[result["ruleIndex"]] != result["ruleId"]:
        sys.exit(f"{result['ruleId']} is not the rule at its index")
    fingerprint = result["partialFingerprints"]["unflushed/signature/1"]
    if fingerprint in seen:
        sys.exit(f"{fingerprint} comes twice")
    seen.add(fingerprint)
    for place in result["locations"] + result["relatedLocations"]:
        artifact = place["physicalLocation"]["artifactLocation"]
        uri = urllib.parse.urlsplit(artifact["uri"])
        if uri.scheme not in ("", "file") or uri.query or uri.fragment:
            sys.exit(f"{artifact['uri']} is no path")
        if artifact.get("uriBaseId", "SRCROOT") not in run["originalUriBaseIds"]:
            sys.exit(f"{artifact['uriBaseId']} is no base")
    at = result["locations"][0]["physicalLocation"]
    print(result["level"], result["ruleId"],
          urllib.parse.unquote(at["artifactLocation"]["uri"]) + ":" +
          str(at["region"]["startLine"]), fingerprint,
          "suppressed" if result["suppressions"] else "-", result["message"]["text"])
