# SPDX-License-Identifier: Apache-2.0
"""pytest_trace.py - what a process's trace says of its producers, read without starting a program

The trace is described in shim/format; the columns below are a part of it, and
tests/pytest/columns.c holds them against the headers. The trace of the process itself is
mapped, read-only: a look in which nothing has changed compares three columns of its 64
producers, in about a microsecond. There is no trace until the process touches Kafka or the
network.

No descriptor is held (which is why the mapping is not Python's mmap, which holds one), and
nothing is written to a trace: part() makes a copy.
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


def mapped(path):
    """The file's memory, for as long as the process lives; None: it cannot be mapped."""
    try:
        import ctypes  # here: a session without Kafka does not pay for it
        from mmap import MAP_SHARED, PROT_READ
    except ImportError:
        return None  # a Python built without libffi reads the trace each time
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int,
                          ctypes.c_int, ctypes.c_long]
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        size = os.fstat(descriptor).st_size
        at = libc.mmap(None, size, PROT_READ, MAP_SHARED, descriptor, 0) if size else None
    finally:
        os.close(descriptor)
    if at in (None, ctypes.c_void_p(-1).value):
        return None
    return memoryview((ctypes.c_char * size).from_address(at)).cast("B").toreadonly()


class Trace:
    """
    One process's trace, which may be written to while it is read. `live`: it is this process's
    own, which is looked at again and again.
    """

    def __init__(self, path, live=False):
        self.path = path
        self.memory = None
        self.name = os.path.basename(path)
        header = self._header()
        self.run = column(HEADER, "run", header).hex()
        self.sections = self._sections(header)
        self.memory = mapped(path) if live else None
        self._watched = None  # columns of the producers, in the mapping
        self._tables = {}  # {section: (states in the mapping, their bytes, rows in use)}
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
        if self.memory is not None:
            return self.memory[offset:offset + row * rows].tobytes()
        return read_at(self.path, offset, row * rows)

    def _columns(self, name, table, columns):
        """The numbers of each column, as tuples."""
        offset, row, rows = self.sections[KINDS[name]]
        memory = self.memory[offset:offset + row * rows] if self.memory is not None else \
            memoryview(self.rows(name))
        found = []
        for place, letter in (table[each] for each in columns):
            size = struct.calcsize("=" + letter)
            found.append(memory.cast(letter)[place // size::row // size])
        return found

    def producers(self):
        """Producers that were made and that no reader passes over, the shared row apart."""
        if self.memory is None:
            self._watched = None
        if self._watched is None:
            self._watched = self._columns("producer", PRODUCER, Producer._fields[1:] + ("state",))
        seen = [each.tobytes() for each in self._watched]
        if seen == self._seen:
            return self._producers
        self._seen = seen
        rows = zip(*(memoryview(each).cast(column.format)
                     for each, column in zip(seen, self._watched)))
        self._producers = [Producer(number, *fields) for number, (*fields, state) in
                           enumerate(rows) if state not in (0, REFUSED) and number != OVERFLOW]
        return self._producers

    def counted(self):
        """All that counts() reads, as bytes to compare."""
        if self.memory is None:
            return self.rows("topic") + self.rows("cell")
        return self._used("topic", TOPIC) + self._used("cell", CELL)

    def _used(self, name, table):
        """The bytes of the rows in use: few, in hash tables of many."""
        if name not in self._tables:
            self._tables[name] = (self._columns(name, table, ("state",))[0], b"", [])
        column_of_states, before, used = self._tables[name]
        states = column_of_states.tobytes()
        if states != before:
            row = self.sections[KINDS[name]][1]
            used = [self.memory[at:at + row] for at, state in
                    zip(self._places(name), memoryview(states).cast(column_of_states.format))
                    if state]
            self._tables[name] = (column_of_states, states, used)
        return b"".join(used)

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
