# SPDX-License-Identifier: Apache-2.0
"""evidence.py - what a row that disagrees is to be explained by, in one line

The next run may not disagree: what the report and the trace say is printed, and
both are kept in FIELD_CACHE/disagreed. Judges import it; by hand it is

    evidence.py SUMMARY OUTPUT TRACES
"""
import json
import os
import shutil
import subprocess
import sys

EVENTS = 10  # the last ones of each process


def number(value):
    return "?" if value is None else str(value)


def counts(messages):
    return " ".join("%s %s" % (key, number(value))
                    for key, value in messages.items() if value != 0)


def milliseconds(ns):
    return "%.0f ms" % (ns / 1e6) if ns is not None else "?"


def dumped(traces):
    """Every row and event of these traces; of a trace that cannot be read, none."""
    program = os.path.join(os.environ.get("FIELD_BUILD", "build"), "bin/unflushed")
    for name in sorted(os.listdir(traces)) if os.path.isdir(traces) else ():
        try:
            run = subprocess.run([program, "dump", "--format", "json", os.path.join(traces, name)],
                                 capture_output=True, text=True, timeout=20)
            yield [json.loads(line) for line in run.stdout.splitlines()]
        except (OSError, ValueError, subprocess.SubprocessError):
            yield []


def producers(process, rows):
    raw = [row for row in rows if row.get("table") == "producer"]
    for index, one in enumerate(process["producers"]):
        flush = one["flush"]
        text = "%s %s: %s, %s" % (one["client"], one["client_id"] or "", counts(one["messages"]),
                                  "waited" if one["waited"] else "not waited")
        if index < len(raw):
            text += " (for %s by %s, last flush %s, state %s)" % (
                raw[index]["waited_for"], raw[index]["waited_by"],
                number(raw[index]["flush_result"]), raw[index]["state"])
        text += ", flush %s in %s, %s timed out, unserved %s" % (
            number(flush["calls"]), milliseconds(flush["waited_ns"]), number(flush["timeouts"]),
            number(one["reports_unserved"]))
        for error in one["errors"]:
            text += ", %s x %s" % (error["name"], number(error["messages"]))
        yield text


def sockets(process):
    for one in process["sockets"]:
        requests, end = one["requests"], one["end"]
        if not one["kafka"] or not (requests["produce"] or one["tls"]):
            continue
        yield "fd %d%s: %s records in %s requests, %s answered, %s; unsent %s unread %s%s" % (
            one["fd"], " TLS" if one["tls"] else "", number(requests["records"]),
            number(requests["produce"]), number(requests["answered"]), end["how"],
            number(end["unsent_bytes"]), number(end["unread_bytes"]),
            ", cut frame" if end["cut_frame"] else "")


def events(rows):
    last = [row for row in rows if "event" in row][-EVENTS:]
    return " ".join("%s@%s" % (row["event"], milliseconds(row["at_ns"])) for row in last)


def one_process(process, rows):
    end = process["end"]
    yield "%s %s %s after %s" % (os.path.basename(process["exe"]), end["how"],
                                 number(end["signal"] or end["status"]),
                                 milliseconds(process["duration_ns"]))
    yield from producers(process, rows)
    yield from sockets(process)
    ids = [one["id"] for one in process["findings"]]
    yield "findings " + (" ".join(ids) or "none")
    if process["dropped_events"] or process["faults"] or process["layers"]["notes"]:
        yield "dropped %s, faults %s, notes %s" % (process["dropped_events"], process["faults"],
                                                   process["layers"]["notes"])
    if rows:
        yield "last " + events(rows)


def keep(*paths):
    if not os.environ.get("FIELD_CACHE") or not os.path.isdir(paths[-1]):
        return
    kept = os.path.join(os.environ["FIELD_CACHE"], "disagreed")
    os.makedirs(kept, exist_ok=True)
    at = os.path.join(kept, "%d-%d" % (len(os.listdir(kept)) + 1, os.getpid()))
    os.mkdir(at)
    for path in paths:
        copy = shutil.copytree if os.path.isdir(path) else shutil.copy
        if os.path.exists(path):
            copy(path, os.path.join(at, os.path.basename(path)))
    yield "kept in " + at


def said(path):
    with open(path, errors="replace") as file:
        last = file.read().strip().splitlines()[-1:]
    if last:
        yield 'said "%s"' % last[0][:120]


def gather(summary, output, traces):
    by_pid = {}
    for rows in dumped(traces):
        for row in rows:
            if row.get("table") == "process":
                by_pid.setdefault(row["pid"], rows)
    with open(summary) as file:
        processes = json.load(file)["processes"]
    for process in processes:
        yield from one_process(process, by_pid.get(process["pid"], []))
    if not processes:
        yield "no process"


def evidence(summary, output, traces):
    """Never fails: what cannot be told is said, and the row stands."""
    parts = []
    for part in (gather(summary, output, traces), said(output), keep(summary, output, traces)):
        try:
            parts.extend(part)
        except Exception as why:
            parts.append("%s: %s" % (type(why).__name__, why))
    return "; ".join(parts).replace("\t", " ").replace("\n", " ")


if __name__ == "__main__":
    print(evidence(*sys.argv[1:4]))
