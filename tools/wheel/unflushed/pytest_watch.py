# SPDX-License-Identifier: Apache-2.0
"""pytest_watch.py - which producers and processes ended in which test, and how they are judged

Each process that runs tests has a watch, which looks at the borders of tests, of their phases
and of fixtures: has a producer of this process been closed since, has a process ended that was
started from it? If not, nothing else is done. If so, `unflushed check` judges these alone, by
the policy that is in force: of the process itself by a copy of its trace that holds no other
producer, of another process by its trace.

What is open is not lost yet. It is charged to where it is closed; who produced since nothing
was outstanding is named beside it.
"""
import gc
import json
import os
import subprocess
import sys
from collections import namedtuple
from time import sleep

from unflushed import pytest_restart, pytest_trace

UNREADABLE = 3
FAILED = 85
NO_KAFKA = ("no-kafka", "nothing-seen")

# What `unflushed check` says: its status, the first lines of its text, processes as JSON has
# them.
Judged = namedtuple("Judged", "status text processes")
# Where something happened: "test" or "fixture" and the like, and the name.
Place = namedtuple("Place", "kind name")


def judge(program, paths, folder):
    run = subprocess.run([program, "check", "-f", "jsonl", "--", *paths], cwd=folder,
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, check=False,
                         env=pytest_restart.environment_outside())
    processes = [json.loads(line) for line in run.stdout.decode().splitlines()]
    # A known case that this test does not meet may be another test's.
    text = [line for line in run.stderr.decode(errors="replace").rstrip().splitlines()
            if not line.endswith(": this known case matches nothing")]
    return Judged(run.returncode, "\n".join(text), processes)


def is_without_kafka(process):
    return process["verdict"] == "blind" and not process["producers"] and \
        {finding["id"] for finding in process["findings"]} & set(NO_KAFKA)


class Charge:
    """A judgement that fails, where it happened, and whose messages it is about."""

    def __init__(self, place, judged, users, starters):
        self.place = place
        self.judged = judged
        self.users = [user for user in dict.fromkeys(users) if user != place]
        self.starters = [starter for starter in dict.fromkeys(starters) if starter != place]

    def messages(self):
        return sum(process["losses"][kind] or 0 for process in self.judged.processes
                   for kind in ("certain", "possible"))

    def verdicts(self):
        """All verdicts of it that are not clean."""
        found = {process["verdict"] for process in self.judged.processes}
        found.update(producer["verdict"] for process in self.judged.processes
                     for producer in process["producers"])
        return found - {"clean"}

    def is_allowed(self, allow, verdicts):
        """Is nothing else wrong than what a marker allows?"""
        rest = self.verdicts() - set(verdicts)
        if self.judged.status != FAILED:
            rest -= {"failed"}
        if self.messages() <= allow:
            rest -= {"lost", "at_risk"}
        return self.judged.status != UNREADABLE and not rest

    def lines(self):
        lines = self.judged.text.splitlines()
        if self.place.kind != "test":
            lines.insert(0, f"in {self.place.kind} {self.place.name}:")
        for word, places in (("produced by", self.users), ("started by", self.starters)):
            lines += [f"  {word} {place.kind} {place.name}" for place in places[:5]]
            if len(places) > 5:
                lines.append(f"  {word} {len(places) - 5} others, too")
        return lines

    def text(self):
        return "unflushed: " + "\n".join(self.lines())


class Watch:
    def __init__(self, program, folder):
        self.program = program
        self.folder = folder  # in which policies are looked for
        self.directory = os.environ["UNFLUSHED_DIR"]
        self.owns_runs = pytest_restart.RESTARTED in os.environ
        self.base = os.environ.get("UNFLUSHED_RUN", "")
        self.runs = {self.base: Place("session", "")}
        self.pid = os.getpid()
        self.own = None  # our trace, once there is one
        self.closed_ns = {}  # {row: destroyed_ns} of what is known
        self.makers = {}  # {row: place where it was first seen}
        self.users = {}  # {row: [places that produced since nothing was outstanding]}
        self.counts = {}
        self.counted = None
        self.seen = None  # the list of our producers that the last look has seen
        self.excused = {}  # {row: produced when a test failed that keeps it alive}
        self.changed_ns = None
        self.names = set()
        self.children = {}  # {name of a trace: place that started it}
        self.number = 0
        self._note({})

    def _note(self, line):
        """What was judged is noted for the end of the session, which another process may do."""
        path = os.path.join(self.directory, f"{self.pid}.judged")
        with open(path, "a", encoding="ascii") as file:
            file.write(json.dumps(line) + "\n")

    # ---- who is who ----

    def enter(self, place):
        """Programs that are started from now on carry a run id of this place."""
        if self.owns_runs:
            run = os.urandom(pytest_restart.RUN_BYTES).hex()
            self.runs[run] = place
            os.environ["UNFLUSHED_RUN"] = run

    def _is_ours(self, trace):
        if self.owns_runs:
            return trace.run in self.runs
        pid = trace.ppid
        while pid and pid != self.pid:
            if any(name.startswith(f"{pid}-") for name in self.children):
                return True
            stat = pytest_trace.process_stat(pid)
            pid = stat[1] if stat else 0
        return pid == self.pid

    def _find(self, place):
        """Traces that are new in the folder."""
        changed_ns = os.stat(self.directory).st_mtime_ns
        if changed_ns == self.changed_ns:
            return
        names = {name for name in os.listdir(self.directory) if pytest_trace.parse_name(name)}
        for name in sorted(names - self.names):
            own = pytest_trace.parse_name(name)[0] == self.pid and self._is_this(name)
            trace = pytest_trace.Trace(os.path.join(self.directory, name), live=own)
            if own:
                self.own = trace
            elif self._is_ours(trace):
                carried = self.runs.get(trace.run)
                self.children[name] = carried if carried and carried.name else place
        self.names = names
        self.changed_ns = changed_ns

    def _is_this(self, name):
        return pytest_trace.is_running(name)

    # ---- looking ----

    def look(self, place, collect=False, since=(), finalized=(), counts=True):
        """
        Charges for what was closed, or ended, since the last look: against `place`, or the one
        of `finalized` (fixtures that have just ended) that made it. `collect`: producers first
        seen in these may be garbage that is not collected yet, but those of `since`. `counts`:
        who has produced is noted, too; a later look at the same place may do that, but of what
        was closed since.
        """
        try:
            self._find(place)
            closed = []
            if self.own:
                before = self.own.producers()
                if counts or before is not self.seen:
                    self._see(place, counts)
                if collect and self.may_be_garbage({place, *finalized}, since):
                    gc.collect()
                producers = self.own.producers()
                if producers is not self.seen:  # the same list: nothing was made or closed
                    closed = self._closed(producers)
                    # What another thread has made since _see() is seen by the next look.
                    self.seen = producers if producers is before else None
                if collect:
                    closed += self._abandoned(place, since)
            ended = [name for name in self.children if not pytest_trace.is_running(name)]
        except OSError:
            return []  # a test has hidden the files (pyfakefs): the next look sees them
        if not closed and not ended:
            return []
        groups = {place: []}
        for row in closed:
            maker = self.makers.get(row)
            groups.setdefault(maker if maker in finalized else place, []).append(row)
        charges = [self._judge(where, rows, ended if where == place else [])
                   for where, rows in groups.items() if rows or (ended and where == place)]
        return [charge for charge in charges if charge]

    def rows(self):
        return {producer.row for producer in self.own.producers()} if self.own else set()

    def open_rows(self):
        return {producer.row for producer in self.own.producers()
                if not producer.destroyed_ns} if self.own else set()

    def _see(self, place, counted):
        """Notes who makes producers, and who produces."""
        producers = self.own.producers()
        for producer in producers:
            self.makers.setdefault(producer.row, place)
        unsettled = [p for p in producers if self.closed_ns.get(p.row) != p.destroyed_ns or
                     not p.destroyed_ns]
        if not unsettled or not (counted or any(p.destroyed_ns for p in unsettled)):
            return
        counted = self.own.counted()
        if counted == self.counted:
            return
        self.counted = counted
        counts = self.own.counts()
        for producer in unsettled:
            self._use(producer.row, counts, place)
        self.counts = counts

    def _use(self, row, counts, place):
        nothing = pytest_trace.Counts(0, 0)
        before, now = self.counts.get(row, nothing), counts.get(row, nothing)
        if now.produced != before.produced:
            users = self.users.setdefault(row, [])
            if not before.outstanding:
                users.clear()
            users.append(place)

    def may_be_garbage(self, makers, since=()):
        return self.own is not None and any(
            not producer.destroyed_ns and producer.row not in since and
            self.makers.get(producer.row) in makers for producer in self.own.producers())

    def _closed(self, producers):
        closed = []
        for producer in producers:
            known = self.closed_ns.get(producer.row, 0)
            if producer.destroyed_ns and producer.destroyed_ns != known:
                self.closed_ns[producer.row] = producer.destroyed_ns
                closed.append(producer.row)
        return [row for row in closed if not self._is_excused(row)]

    def _abandoned(self, place, since):
        """aiokafka's that can send no more: their loop is closed, or nothing refers to them."""
        rows = [p.row for p in self.own.producers()
                if p.client == pytest_trace.AIOKAFKA and not p.destroyed_ns and
                p.row not in since and p.row not in self.closed_ns and
                self.makers.get(p.row) == place]
        module = sys.modules.get("aiokafka.producer.producer")
        if not rows or not module or any(
                isinstance(thing, module.AIOKafkaProducer) and not thing._closed and
                not thing._loop.is_closed() for thing in gc.get_objects()):
            return []
        for row in rows:
            self.closed_ns[row] = -1
        return rows

    # ---- failures that keep a producer alive ----

    def excuse(self, place):
        """
        `place` failed by itself: its traceback may keep producers alive that it made, which
        somebody else closes by chance. What it left in them is not charged later.
        """
        counts = self.own.counts() if self.own else {}
        left = 0
        for row in self.open_rows():
            if self.makers.get(row) == place and row in counts and row not in self.closed_ns:
                self.excused[row] = counts[row].produced
                left += counts[row].outstanding
        return left

    def _is_excused(self, row):
        if row not in self.excused:
            return False
        counts = self.own.counts().get(row)
        if counts and counts.produced != self.excused[row]:
            return False
        self._note({"trace": self.own.name, "row": row})
        return True

    def note_excused(self):
        for row in filter(self._is_excused, list(self.excused)):
            self.excused.pop(row)

    # ---- judging ----

    def _judge(self, place, rows, ended):
        paths = [os.path.join(self.directory, name) for name in ended]
        part = None
        if rows:
            self.number += 1
            part = os.path.join(self.directory, f"part-{self.pid}-{self.number}")
            self.own.part(rows, part, others=False)
            paths.append(part)
        judged = judge(self.program, paths, self.folder)
        if part:
            os.unlink(part)
        return self._charge(place, judged, rows, ended)

    def _charge(self, place, judged, rows, ended):
        starters = [self.children.pop(name) for name in ended]
        kept = [process for process in judged.processes if not is_without_kafka(process)]
        if judged.status == 0 or (not kept and judged.status != UNREADABLE):
            self._forget(ended)
            return None
        for row in rows:
            self._note({"trace": self.own.name, "row": row})
        for name in ended:
            self._note({"trace": name, "row": None})
        users = [user for row in rows for user in self.users.get(row, [])]
        if judged.status not in (UNREADABLE, 80, 81, 82, 83, 84, FAILED):
            raise RuntimeError(f"unflushed check ended with {judged.status}: {judged.text}")
        return Charge(place, judged._replace(processes=kept), users, starters)

    def _forget(self, ended):
        """A trace takes 2 MiB: those of processes that were judged, and are well, go."""
        for name in ended:
            self._note({"trace": name, "row": None})
            if self.owns_runs and not os.environ.get("UNFLUSHED_PYTEST_KEEPS"):
                os.unlink(os.path.join(self.directory, name))


# ---- the end of the session ----

def judged_before(directory):
    """({trace: rows judged, or None for all of it}, PIDs of the processes that ran tests)."""
    found, pids = {}, set()
    for name in os.listdir(directory):
        if not name.endswith(".judged"):
            continue
        pids.add(int(name.split(".")[0]))
        with open(os.path.join(directory, name), encoding="ascii") as file:
            for line in map(json.loads, file):
                if line and line["row"] is None:
                    found[line["trace"]] = None
                elif line and found.get(line["trace"], ()) is not None:
                    found.setdefault(line["trace"], set()).add(line["row"])
    return found, pids


def rest(program, directory, folder):
    """
    [(what it is, judgement)] of what no test was charged with: producers that lived to the end
    of their process, processes that outlived their test, workers that died. Called last.
    """
    before, pids = judged_before(directory)
    found = []
    for name in sorted(filter(pytest_trace.parse_name, os.listdir(directory))):
        if before.get(name, ()) is None:
            continue
        pid = pytest_trace.parse_name(name)[0]
        judged = _judge_rest(program, directory, folder, name,
                             before.get(name, set()) if pid in pids else None)
        kept = [process for process in judged.processes if not is_without_kafka(process)]
        if judged.status and (kept or judged.status == UNREADABLE):
            running = any(process["end"]["how"] == "running" for process in kept)
            words = "still runs" if running else "ended"
            found.append((f"process {pid} of the session {words}",
                          judged._replace(processes=kept)))
    return found


def _judge_rest(program, directory, folder, name, rows):
    """`rows`: those that were judged, of a process that ran tests; None: of another."""
    path = os.path.join(directory, name)
    if rows is None:
        for _ in range(20):  # a child may be ending just now
            if not pytest_trace.is_running(name):
                break
            sleep(0.05)
        return judge(program, [path], folder)
    trace = pytest_trace.Trace(path)
    left = {producer.row for producer in trace.producers()} - rows
    part = os.path.join(directory, f"part-{name}.rest")
    trace.part(left, part, others=True)
    judged = judge(program, [part], folder)
    os.unlink(part)
    return judged
