#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check.py - runs an example under `unflushed run --check` and holds it to its verdict.

    check.py UNFLUSHED EXAMPLE [BROKERS] -- COMMAND...

EXAMPLE is the source, whose head says what is expected of it, in lines of their own:

    raises: FINDING       of wrong code: a run of it has this finding. None: it is right code,
                          and a run of it is clean
    run: OPTION...        options for `unflushed run`, of the embedded broker, to go with it
    ends: STATUS          what right code exits with, of a program that is told to stop (0)

Without BROKERS the embedded broker is started; with it COMMAND is to use that one, and options
that begin with --broker are left out. "{broker}" in COMMAND is the address.

Prints the verdict and the ids of the findings on a line. Exit status: 0 all is as expected, 1
it is not (said on stderr), 2 the example says nothing of the kind.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

SECONDS = 240


def tags(path):
    """What the head of the example says: {"raises": "missing-flush", "run": "..."}."""
    head = "".join(open(path, encoding="utf-8").readlines()[:25])
    return dict(re.findall(r"^\W*(raises|run|ends):[ \t]*(.*?)[\s*/]*$", head, re.M))


def wrong_with(said, right, summary, status):
    """Why this run is not what is expected; None."""
    found = {finding["id"]: finding["verdict"]
             for process in summary["processes"] for finding in process["findings"]}
    expected = said.get("raises")
    if right:
        if summary["verdict"] != "clean" or status != int(said.get("ends", 0)):
            return f"right code is {summary['verdict']}, status {status}"
        return None
    if expected not in found:
        return f"wrong code does not raise {expected}"
    if found[expected] != "clean" and (status == 0 or summary["verdict"] == "clean"):
        return f"wrong code passes: {summary['verdict']}, status {status}"
    return None


def options_of(tag, brokers):
    if not brokers:
        return ["--broker"] + tag.split()
    return re.sub(r"--broker\S*\s+[^-\s]\S*", "", tag).split()


def main():
    split = sys.argv.index("--")
    tool, example, *brokers = sys.argv[1:split]
    command, said = sys.argv[split + 1:], tags(example)
    right = re.match(r"(?i)right\b", os.path.basename(example)) is not None
    if right == ("raises" in said):
        print(f"{example}: wrong code needs 'raises:', and right code has none", file=sys.stderr)
        return 2
    if brokers:
        command = [word.replace("{broker}", brokers[0]) for word in command]
    with tempfile.TemporaryDirectory() as scratch:
        out = os.path.join(scratch, "summary.json")
        run = subprocess.run(
            [tool, "run", "--check", *options_of(said.get("run", ""), brokers), "--format",
             "json", "--output", out, "--", *command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=SECONDS, text=True, errors="replace")
        try:
            summary = json.load(open(out))
        except (OSError, ValueError) as why:
            print(f"no summary: {why}\n{run.stdout}", file=sys.stderr)
            return 1
    why = wrong_with(said, right, summary, run.returncode)
    print(summary["verdict"], " ".join(sorted({
        finding["id"] for process in summary["processes"] for finding in process["findings"]})))
    if why:
        print(f"{example}: {why}\n{run.stdout}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
