#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check.py - runs an example under `unflushed run --check` and holds it to its verdict.

    check.py UNFLUSHED EXAMPLE [BROKERS] -- COMMAND...

EXAMPLE is the source, whose head says what is expected of it, in lines of their own:

    raises: FINDING       of wrong code: a run of it has this finding. None: it is right code,
                          and a run of it is clean and without the finding of its twin
    run: OPTION...        options for `unflushed run`, of the embedded broker, to go with it
    ends: STATUS          what right code exits with, of a program that is told to stop (0)
    met: OPTION...        of right code: it is run once more with these, and meets what its twin
                          meets: the finding is there, and all messages are delivered in the end
    judged: VERDICT       what that run of it is called (clean)
    meets: FINDING        of right code that meets it in every run, and is clean all the same

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
    names = "raises|run|ends|met|judged|meets"
    return dict(re.findall(rf"^\W*({names}):[ \t]*(.*?)[\s*/]*$", head, re.M))


def findings_of(summary):
    return {finding["id"]: finding["verdict"]
            for process in summary["processes"] for finding in process["findings"]}


def wrong_with_wrong(said, summary, status):
    """Why this run of wrong code is not what is expected; None."""
    found, expected = findings_of(summary), said["raises"]
    if expected not in found:
        return f"wrong code does not raise {expected}"
    if found[expected] != "clean" and (status == 0 or summary["verdict"] == "clean"):
        return f"wrong code passes: {summary['verdict']}, status {status}"
    return None


def wrong_with_right(said, twin, summary, status):
    """The same of right code; `twin`: what its twin raises, or None."""
    found, meets = findings_of(summary), said.get("meets")
    if summary["verdict"] != "clean" or status != int(said.get("ends", 0)):
        return f"right code is {summary['verdict']}, status {status}"
    if meets and meets not in found:
        return f"right code does not meet {meets}"
    if twin in found and twin != meets:
        return f"right code raises {twin}, as its twin does"
    return None


def wrong_with_met(said, twin, summary):
    """The same of right code that meets what its twin meets."""
    expected = said.get("judged", "clean")
    counts = [producer["messages"] for process in summary["processes"]
              for producer in process["producers"]]
    delivered = sum(count["delivered"] for count in counts)
    if twin not in findings_of(summary):
        return f"right code does not meet {twin}"
    if summary["verdict"] != expected:
        return f"right code that meets {twin} is {summary['verdict']}, not {expected}"
    if delivered < max(count["produced"] for count in counts):
        return f"right code that meets {twin} delivers {delivered} messages, not all"
    return None


def twin_of(example):
    """The wrong code that goes with this right code, or None."""
    folder, name = os.path.split(example)
    twin = os.path.join(folder, name.replace("right", "wrong").replace("Right", "Wrong"))
    return twin if os.path.exists(twin) else None


def options_of(tag, brokers):
    if not brokers:
        return ["--broker"] + tag.split()
    return re.sub(r"--broker\S*\s+[^-\s]\S*", "", tag).split()


def run(tool, options, command):
    """Its summary (None: there is none), exit status and output."""
    with tempfile.TemporaryDirectory() as scratch:
        out = os.path.join(scratch, "summary.json")
        ended = subprocess.run(
            [tool, "run", "--check", *options, "--format", "json", "--output", out, "--",
             *command],
            env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS, text=True,
            errors="replace")
        try:
            return json.load(open(out)), ended.returncode, ended.stdout
        except (OSError, ValueError) as why:
            return None, ended.returncode, f"{why}\n{ended.stdout}"


def misuse_of(said, right, twin, brokers):
    """What the example must not leave out, or say; None."""
    if right == ("raises" in said):
        return "wrong code needs 'raises:', and right code has none"
    if "met" in said and (not twin or brokers):
        return "'met:' needs a twin, and the embedded broker"
    return None


def main():
    split = sys.argv.index("--")
    tool, example, *brokers = sys.argv[1:split]
    command, said = sys.argv[split + 1:], tags(example)
    right = re.match(r"(?i)right\b", os.path.basename(example)) is not None
    twin = twin_of(example) if right else None
    raised = tags(twin)["raises"] if twin else None
    if why := misuse_of(said, right, twin, brokers):
        print(f"{example}: {why}", file=sys.stderr)
        return 2
    if brokers:
        command = [word.replace("{broker}", brokers[0]) for word in command]
    for tag in ["run"] + ["met"] * ("met" in said):
        summary, status, output = run(tool, options_of(said.get(tag, ""), brokers), command)
        if summary is None:
            print(f"no summary: {output}", file=sys.stderr)
            return 1
        why = (wrong_with_met(said, raised, summary) if tag == "met" else
               wrong_with_right(said, raised, summary, status) if right else
               wrong_with_wrong(said, summary, status))
        print(*[summary["verdict"], *sorted(findings_of(summary))],
              end="; " if tag == "run" and "met" in said and not why else "\n")
        if why:
            print(f"{example}: {why}\n{output}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
