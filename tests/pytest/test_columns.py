#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_columns.py - the plugin of pytest reads a trace where the headers have it

    test_columns.py COLUMNS WHEEL

COLUMNS is columns.c, built; WHEEL the folder that holds the package. Exit status 1, and what
differs on stderr, where a column or a number is not the header's.
"""
import struct
import subprocess
import sys


def main():
    columns, wheel = sys.argv[1:]
    sys.path.insert(0, wheel)
    from unflushed import pytest_trace

    expected, wrong = set(), []
    for line in subprocess.run([columns], stdout=subprocess.PIPE, check=True,
                               universal_newlines=True).stdout.splitlines():
        table, name, *numbers = line.split()
        numbers = tuple(map(int, numbers))
        if table == "VALUE":
            value = pytest_trace.KINDS.get(name, getattr(pytest_trace, name, None))
            wrong += [] if (value,) == numbers else [f"{name} is {value}, not {numbers[0]}"]
            continue
        expected.add((table, name))
        place, letter = getattr(pytest_trace, table).get(name, (None, "B"))
        if (place, struct.calcsize("=" + letter)) != numbers:
            wrong.append(f"{table} {name} is at {place}, {letter}; the header has {numbers}")
    tables = {name for name, _ in expected}
    read = {(table, name) for table in tables for name in getattr(pytest_trace, table)}
    wrong += [f"{table} {name} is read, and columns.c does not print it"
              for table, name in sorted(read - expected)]
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong or len(expected) < 30 else 0


if __name__ == "__main__":
    sys.exit(main())
