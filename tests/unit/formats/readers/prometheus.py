#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""prometheus.py FILE - reads the text format as Prometheus' own client for Python does.

Prints of each sample: name, labels as JSON, value. Refuses a family without help, of no type
or that comes twice, and labels that come twice.
"""
import json
import sys

try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError as error:
    print(f"{error.name} for Python is not here")
    sys.exit(77)

seen = set()
text = open(sys.argv[1], encoding="utf-8", newline="\n").read()
for family in text_string_to_metric_families(text):
    if family.type not in ("gauge", "counter") or not family.documentation:
        sys.exit(f"{family.name}: type {family.type}, help {family.documentation!r}")
    if family.name in seen:
        sys.exit(f"{family.name} comes twice")
    seen.add(family.name)
    for sample in family.samples:
        labels = json.dumps(sample.labels, sort_keys=True)
        if (sample.name, labels) in seen:
            sys.exit(f"{sample.name}{labels} comes twice")
        seen.add((sample.name, labels))
        print(sample.name, labels, sample.value)
