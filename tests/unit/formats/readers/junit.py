#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""junit.py FILE - reads JUnit's XML as junitparser does, and holds it to junit.xsd by lxml.

Prints of each case: class, name, what it came to, and of a failure its message; then the
counts. Refuses counts that are not those of the cases.
"""
import os
import sys

try:
    import junitparser
    from lxml import etree
except ImportError as error:
    print(f"{error.name} for Python is not here")
    sys.exit(77)

HERE = os.path.dirname(os.path.abspath(__file__))
etree.XMLSchema(file=os.path.join(HERE, "junit.xsd")).assertValid(etree.parse(sys.argv[1]))

WORDS = {junitparser.Failure: "fails", junitparser.Error: "errs",
         junitparser.Skipped: "skipped"}
report = junitparser.JUnitXml.fromfile(sys.argv[1])
said = [report.tests, report.failures, report.errors, report.skipped]
found = [0, 0, 0, 0]
for suite in report:
    of_suite = [suite.tests, suite.failures, suite.errors, suite.skipped]
    suite.update_statistics()
    if of_suite != [suite.tests, suite.failures, suite.errors, suite.skipped]:
        sys.exit(f"{suite.name}: says {of_suite}")
    found = [a + b for a, b in zip(found, of_suite)]
    for case in suite:
        result = case.result[0] if case.result else None
        words = [case.classname, case.name, WORDS[type(result)] if result else "passes"]
        if result is not None:
            words.append(f"{result.type or ''}: {result.message}")
        elif case.system_out:
            words.append(f"said: {case.system_out.splitlines()[0]}")
        print(" ".join(words))
if said != found:
    sys.exit(f"the counts are {said}, the suites' {found}")
print("counts", *found)
