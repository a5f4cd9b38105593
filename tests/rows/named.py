#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""named.py - what a page names in backticks exists: `room/file`, `e2e/.../test_x: story`.

    named.py PAGE TOP     TOP: the folder with shim/, tools/ and tests/

Prints what does not exist; then the status is 1.
"""
import os
import re
import sys

TEST = re.compile(r"^((?:unit|e2e|crash|rows|fuzz)/[\w/]+)(?:: (\w+))?$")
FILE = re.compile(r"^[a-z]+/[\w/]+$")


def read(path):
    with open(path) as file:
        return file.read()


def tells(source, story):
    """A test that stands in its file, but that nobody runs, proves nothing."""
    return re.search(r"\b(?:cmocka_unit_test|TEST)\(\s*%s\)" % story, read(source))


def fault(name, top):
    test = TEST.match(name)
    if test:
        source = os.path.join(top, "tests", test[1] + ".c")
        if not os.path.exists(source):
            return "no such test program"
        if test[2] and not tells(source, test[2]):
            return "no such story in it"
    elif FILE.match(name) and not any(
            os.path.exists(os.path.join(top, side, name + end))
            for side in ("shim", "tools") for end in (".c", ".h", ".def")):
        return "no such file"
    return None


def main(page, top):
    names = re.findall(r"`([^`\n]+)`", read(page))
    tests = [name for name in names if TEST.match(name)]
    faults = [(name, fault(name, top)) for name in names]
    for name, what in faults:
        if what:
            print(f"{page}: {name}: {what}")
    if not tests:
        print(f"{page}: it names no test")
    return 1 if not tests or any(what for _, what in faults) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
