#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""cannot.py - of the tests that failed, those that could not do otherwise

    cannot.py LOG LIST

LOG is what ctest printed of its last run; LIST has reasons from the first column on, each with
its tests behind a tab ("PROGRAM TEST"), and comments. Prints each reason with how many of its
tests failed, each test that failed and is not there, and each that is there and passed; then a
line "N" of how many that failed are in LIST. Exit 2 if LIST is not of that form.
"""
import re
import sys


def listed(path):
    """[(reason, {(program, test)})]"""
    reasons = []
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        words = line.split()
        if line.startswith("\t") and len(words) == 2 and reasons:
            reasons[-1][1].add(tuple(words))
        elif words and not line.startswith(("#", "\t")):
            reasons.append((line.strip(), set()))
        elif words and not line.startswith("#"):
            print(f"{path}:{number}: neither a reason nor PROGRAM TEST behind a tab",
                  file=sys.stderr)
            sys.exit(2)
    return reasons


def results(path):
    """(passed, failed) of the last run, each {(program, test)}."""
    passed, failed, begun = set(), set(), []
    for line in open(path, encoding="utf-8", errors="replace"):
        # ctest prints a program's output behind the program's own line if it failed, and its
        # name alone if it passed: so of those only the failed ones have tests here.
        program = re.match(r" *\d+/\d+ Test +#\d+: (\S+) ", line)
        test = re.match(r"\[ *(OK|FAILED) *\] (\w+)$", line)
        if line.startswith("Test project"):
            passed, failed = set(), set()
        elif program:
            begun = [program.group(1)]
            if "Passed" in line:
                passed.add((program.group(1), None))
        elif test and begun:
            (passed if test.group(1) == "OK" else failed).add((begun[0], test.group(2)))
    return passed, failed


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    reasons = listed(sys.argv[2])
    passed, failed = results(sys.argv[1])
    known = set().union(*(tests for _, tests in reasons))
    for reason, tests in reasons:
        print(f"skipped, {len(tests & failed)}: {reason}")
    for program, test in sorted(failed - known):
        print(f"failed: {program} {test}")
    for program, test in sorted(known):
        if (program, test) in passed or (program, None) in passed:
            print(f"passed, and is in the list: {program} {test}")
    print(len(failed & known))


main()
