# SPDX-License-Identifier: Apache-2.0
"""pytest_trace.py - what a process's trace says of its producers, read without starting a program

The trace is described in shim/format; the columns below are a part of it, and
tests/pytest/columns.c holds them against the headers. A look at a live trace in which nothing
has changed reads the 64 KiB of its producers and compares them: some 20 microseconds. There is
no trace until the process touches Kafka or the network.

No descriptor is held, and nothing is written to a trace: part() makes a copy.
"""
import os
import struct
from collections import namedtuple
from time import CLOCK_MONOTONIC, clock_gettime_ns

# What is read of each row: its name in the headers, its place, struct's letter.
HEADER = {"version": (8, "I"), "byte_order": (12, "I"), "state": (20, "I"),
          "section_count": (48, "I"), "section_bytes": (52, "I"), "sections_at": (56, "Q"),
          "run": (80, "16s")}
SECTION = {"kind": (0, "I"), "row_bytes": (4, "I"), "offset": (8, "Q"), "rows": (16, "I")}
PROCESS = {"pid": (4, "i"), "ppid": (8, "i"), "how": (120, "I"), "status": (124, "i"),
           "observed": (144, "I"), "observed_status": (148, "i"), "observed_ns": (152, "q"),
           "offered": (272, "Q"), "blocking_began": (280, "Q"), "blocking_ended": (288, "Q"),
           "waits_began": (304, "Q"), "waits_ended": (312, "Q")}
PRODUCER = {"state": (0, "I"), "client": (4, "I"), "opened_ns": (32, "q"),
            "destroyed_ns": (48, "q")}
TOPIC = {"state": (0, "I"), "producer": (4, "I"), "counts": (16, "8Q")}
CELL = {"state": (0, "I"), "topic": (4, "I"), "counts": (64, "8Q")}
SOCKET = {"state": (0, "I"), "producer": (60, "I")}
PEER = {"state": (0, "I"), "producer": (4, "I")}
THREAD = {"offered": (40, "Q")}

KINDS = {"process": 1, "producer": 2, "topic": 3, "cell": 4, "socket": 5, "thread": 9,
         "peer": 15}
VERSION = 2
LIVE = 1
BYTE_ORDER = 0x0a0b0c0d
REFUSED = 4  # a producer that readers pass over
OVERFLOW = 63  # the row of all producers that found none
LIBRDKAFKA, KAFKA_PYTHON, AIOKAFKA = 1, 2, 5
HOW_EXIT = 2

Producer = namedtuple("Producer", "row client opened_ns destroyed_ns")
Counts = namedtuple("Counts", "produced outstanding")


class Unreadable(Exception):
    """A trace that this reader does not understand; says which and why."""


def column(table, name, memory, at=0):
    place, letter = table[name]
    return struct.unpack_from("=" + letter, memory, at + place)[0]


def store(table, name, memory, at, value):
    place, letter = table[name]
    struct.pack_into("=" + letter, memory, at + place, value)


def read_at(path, at, count):
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        return os.pread(descriptor, count, at)
    finally:
        os.close(descriptor)


class Trace:
    """One process's trace, which may be written to while it is read."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)
        header = self._header()
        self.run = column(HEADER, "run", header).hex()
        self.sections = self._sections(header)
        self._seen = None
        self._producers = []
        process = self.rows("process")
        self.pid = column(PROCESS, "pid", process)
        self.ppid = column(PROCESS, "ppid", process)

    def _header(self):
        header = read_at(self.path, 0, 120)
        if len(header) < 120 or header[:8] != b"UNFLUSH\x1a":
            raise Unreadable(f"{self.path} is no trace")
        version = column(HEADER, "version", header)
        if version != VERSION or column(HEADER, "byte_order", header) != BYTE_ORDER:
            raise Unreadable(f"{self.path} has version {version} of the format, or the byte "
                             f"order of another machine: version {VERSION} is read here")
        return header

    def _sections(self, header):
        """{kind: (offset, bytes of a row, rows)}, each inside the file."""
        count = column(HEADER, "section_count", header)
        size = column(HEADER, "section_bytes", header)
        table = read_at(self.path, column(HEADER, "sections_at", header), count * size)
        sections = {}
        for at in range(0, len(table) - size + 1, size):
            offset, row, rows = (column(SECTION, name, table, at)
                                 for name in ("offset", "row_bytes", "rows"))
            if offset + row * rows <= os.stat(self.path).st_size:
                sections[column(SECTION, "kind", table, at)] = (offset, row, rows)
        for name, kind in KINDS.items():
            if kind not in sections:
                raise Unreadable(f"{self.path} has no section of kind {kind} ({name})")
        return sections

    def rows(self, name):
        offset, row, rows = self.sections[KINDS[name]]
        return read_at(self.path, offset, row * rows)

    def producers(self):
        """Producers that were made and that no reader passes over, the shared row apart."""
        memory = self.rows("producer")
        if memory == self._seen:
            return self._producers
        row = self.sections[KINDS["producer"]][1]
        found = []
        for number, at in enumerate(range(0, len(memory), row)):
            if column(PRODUCER, "state", memory, at) in (0, REFUSED) or number == OVERFLOW:
                continue
            found.append(Producer(number, *(column(PRODUCER, name, memory, at) for name in
                                            ("client", "opened_ns", "destroyed_ns"))))
        self._seen, self._producers = memory, found
        return found

    def counts(self):
        """{row of a producer: Counts}. What ends is read before what is produced."""
        cells, topics = self.rows("cell"), self.rows("topic")
        sums, owners = {}, []
        size = self.sections[KINDS["topic"]][1]
        for at in range(0, len(topics), size):
            used = column(TOPIC, "state", topics, at)
            owners.append(column(TOPIC, "producer", topics, at) if used else None)
            if used:
                _add(sums, owners[-1], TOPIC, topics, at)
        size = self.sections[KINDS["cell"]][1]
        for at in range(0, len(cells), size):
            topic = column(CELL, "topic", cells, at)
            if column(CELL, "state", cells, at) and topic < len(owners) and \
                    owners[topic] is not None:
                _add(sums, owners[topic], CELL, cells, at)
        return {row: Counts(c[0] - c[1], c[0] - c[1] - sum(c[2:6])) for row, c in sums.items()}

    def part(self, rows, path, others):
        """
        Writes a copy to `path` that has the producers of `rows` alone, with the connections
        that are theirs, as of a process that has exited; `others` keeps the connections that
        are known to be nobody's. What was inside a call at this moment is left out.
        """
        with open(self.path, "rb") as file:
            memory = bytearray(file.read())
        keep = {0} if others else set()
        keep.update(row + 1 for row in rows)
        for kind, table, hidden in (("socket", SOCKET, 0), ("peer", PEER, 0)):
            for at in self._places(kind):
                if column(table, "producer", memory, at) not in keep:
                    store(table, "state", memory, at, hidden)
        for row, at in enumerate(self._places("producer")):
            if row not in rows and column(PRODUCER, "state", memory, at):
                store(PRODUCER, "state", memory, at, REFUSED)
        for at in self._places("thread"):
            store(THREAD, "offered", memory, at, 0)
        at = next(iter(self._places("process")))
        store(PROCESS, "offered", memory, at, 0)
        for began, ended in (("blocking_began", "blocking_ended"),
                             ("waits_began", "waits_ended")):
            store(PROCESS, began, memory, at, column(PROCESS, ended, memory, at))
        for name, value in (("how", HOW_EXIT), ("status", 0), ("observed", 1),
                            ("observed_status", 0),
                            ("observed_ns", clock_gettime_ns(CLOCK_MONOTONIC))):
            store(PROCESS, name, memory, at, value)
        with open(path, "xb") as file:
            file.write(memory)

    def _places(self, name):
        offset, row, rows = self.sections[KINDS[name]]
        return range(offset, offset + row * rows, row)


def _add(sums, owner, table, memory, at):
    counts = counts_of(table, memory, at)
    sums[owner] = [a + b for a, b in zip(sums.get(owner, [0] * 8), counts)]


def counts_of(table, memory, at):
    place, letters = table["counts"]
    return struct.unpack_from("=" + letters, memory, at + place)


# ---- processes, by the names of their traces: PID-START[-N].trace ----

def parse_name(name):
    """(pid, start in ticks, number) of a trace's name; None."""
    parts = name[:-len(".trace")].split("-") if name.endswith(".trace") else []
    try:
        return (int(parts[0]), int(parts[1], 16), int(parts[2]) if len(parts) > 2 else 0)
    except (IndexError, ValueError):
        return None


def process_stat(pid):
    """(state, parent, start in ticks) by /proc; None: there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        return fields[0].decode(), int(fields[1]), int(fields[19])
    except (OSError, IndexError, ValueError):
        return None


def is_running(name):
    pid, start, _ = parse_name(name)
    stat = process_stat(pid)
    return stat is not None and stat[2] == start and stat[0] not in ("Z", "X")
