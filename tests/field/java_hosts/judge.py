# SPDX-License-Identifier: Apache-2.0
"""judge.py - what a report must say beside its counts; prints a row's last four fields

    judge.py SUMMARY WANT...
    judge.py SUMMARY --silent OUTPUT PATTERN

A WANT is a path into the report's first process, "=", and what is there as JSON;
"producer:ID" leads to the producer of that client.id. --silent: no line of the
program's own output matches.
"""
import json
import re
import sys


def look(process, path):
    at = process
    for part in path.split("."):
        if part.startswith("producer:"):
            at = next(one for one in at["producers"] if one["client_id"] == part[9:])
        else:
            at = at[int(part)] if isinstance(at, list) else at[part]
    return at


def said(path, pattern):
    with open(path, errors="replace") as file:
        return ["it says " + line.strip()[:80] for line in file if re.search(pattern, line)][:1]


def differs(process, wants):
    wrong = []
    for want in wants:
        path, _, value = want.partition("=")
        try:
            found = look(process, path)
        except (KeyError, IndexError, StopIteration, TypeError):
            wrong.append("no " + path)
            continue
        if found != json.loads(value):
            wrong.append("%s is %s, not %s" % (path, json.dumps(found), value))
    return wrong


def main():
    with open(sys.argv[1]) as file:
        process = json.load(file)["processes"][0]
    wants = sys.argv[2:]
    wrong = said(*wants[1:]) if wants[0] == "--silent" else differs(process, wants)
    print("%s\t-\t-\t%s" % (process["verdict"],
                               "disagree: " + "; ".join(wrong) if wrong else "agree"))


main()
