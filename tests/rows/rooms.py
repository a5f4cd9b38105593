#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""rooms.py - holds shim/ and tools/ to rooms.def.

    rooms.py LAW PROJECT OBJECTS

LAW is one of
    folders   every folder of sources is a room of rooms.def, has a README.md that says what
              it is, and at most 30 sources
    includes  every #include "room/file.h" names a room that rooms.def allows
    calls     every symbol that a room's objects leave undefined is defined in a room that
              rooms.def allows, or outside of the project
    circles   no objects use each other in a circle, be it through others

PROJECT is the folder that holds shim/ and tools/. OBJECTS is a file with the path of an
object in each line, as CMake lays them out: what follows ".dir/" is the source's path and ".o".

A broken law is a line that names file, room and symbol. Exit status: 0 all holds, 1 a law is
broken, 2 the input cannot be read. test_rooms.py breaks each law on purpose.
"""
import collections
import os
import re
import subprocess
import sys

SOURCES_IN_A_FOLDER = 30


class Rooms:
    """The rows of rooms.def."""

    def __init__(self, path):
        self.side, self.allowed = {}, {}
        self.headers = collections.defaultdict(dict)  # room: {other: headers}
        self.files = collections.defaultdict(set)  # (room, file): others
        text = re.sub(r"/\*.*?\*/", "", open(path).read(), flags=re.S)
        for kind, words in re.findall(r"^(\w+)\s*\(([^)]*)\)", text, re.M):
            words = [word.strip() for word in words.split(",")]
            if kind == "ROOM":
                self.side[words[1]] = words[0]
                self.allowed[words[1]] = words[2].split()
            elif kind == "HEADER":
                self.headers[words[0]].setdefault(words[1], set()).add(words[2])
            elif kind == "FROM":
                self.files[(words[0], words[1])].add(words[2])
            else:
                sys.exit(f"{path}: no such row: {kind}")
        if not self.allowed:
            sys.exit(f"{path}: no rows")

    def of(self, path):
        """The room of "java/weave/code.c": the longest that is a folder above it."""
        folder = os.path.dirname(path)
        while folder.strip("/") and folder not in self.allowed:
            folder = os.path.dirname(folder)
        return folder if folder in self.allowed else None

    def may(self, room, file, other):
        allowed = self.allowed[room]
        return (room == other or other in allowed
                or allowed == ["all"] and self.side.get(other) in (self.side[room], None)
                or allowed == ["all"] and other == "format"
                or other in self.files[(room, os.path.basename(file))])


def sources(project, side):
    top = os.path.join(project, side)
    for folder, _, names in sorted(os.walk(top)):
        for name in sorted(names):
            if re.search(r"\.(c|h|def)$", name):
                yield os.path.relpath(os.path.join(folder, name), top)


def law_folders(rooms, project, _objects):
    held = collections.Counter()
    for side in "shim", "tools":
        for path in sources(project, side):
            folder = os.path.dirname(path)
            held[(side, folder)] += 1
            if rooms.side.get(folder) != side:
                yield f"{side}/{path}: its folder is no room of rooms.def"
    for (side, folder), count in held.items():
        if count > SOURCES_IN_A_FOLDER:
            yield f"{side}/{folder}: {count} sources, more than {SOURCES_IN_A_FOLDER}"
    for room, side in rooms.side.items():
        if not os.path.isfile(os.path.join(project, side, room, "README.md")):
            yield f"{side}/{room}: no README.md says what this room is"
        if (side, room) not in held:
            yield f"{side}/{room}: a room of rooms.def without a source"


def law_includes(rooms, project, _objects):
    for side in "shim", "tools":
        for path in sources(project, side):
            room = rooms.of(path)
            text = open(os.path.join(project, side, path)).read()
            for line, name in ((text.count("\n", 0, found.start()) + 1, found.group(1))
                               for found in re.finditer(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"',
                                                        text, re.M)):
                where = f"{side}/{path}:{line}"
                other = rooms.of(name)
                if other is None:
                    yield f'{where}: includes "{name}", which names no room'
                elif not rooms.may(room, path, other) and (
                        os.path.basename(name) not in rooms.headers[room].get(other, ())):
                    yield f'{where}: {room} may not include "{name}"'


class Object:
    """A compiled source: what it defines and what it leaves undefined."""

    def __init__(self, path, rooms):
        self.path = path
        self.name = os.path.normpath(path.rsplit(".dir/", 1)[-1])
        if rooms.of(self.name) is None:
            sys.exit(f"{path}: lies in no room")
        self.room = rooms.of(self.name)
        self.side = rooms.side[self.room]
        self.defines, self.needs, self.callers = set(), set(), None
        for line in subprocess.run(["nm", path], check=True, text=True,
                                   capture_output=True).stdout.splitlines():
            kind, symbol = line.split()[-2:]
            if kind in "Uw":
                self.needs.add(symbol)
            elif kind.isupper() and kind != "W":
                self.defines.add(symbol)

    def caller(self, symbol):
        """The first function whose code names the symbol."""
        if self.callers is None:
            self.callers, function = {}, None
            listing = subprocess.run(["objdump", "-dr", "--no-show-raw-insn", self.path],
                                     check=True, text=True, capture_output=True).stdout
            for line in listing.splitlines():
                begun = re.match(r"[0-9a-f]+ <(.+)>:$", line)
                named = re.search(r"\sR_\S+\s+([^\s+-]+)", line)
                if begun:
                    function = begun.group(1)
                elif named:
                    self.callers.setdefault(named.group(1), function + "()")
        return self.callers.get(symbol, "its data")


def read_objects(path, rooms):
    objects = [Object(line.strip(), rooms) for line in open(path) if line.strip()]
    if not objects:
        sys.exit(f"{path}: names no objects")
    return objects


def uses(objects):
    """Who uses what of whom: (object, symbol, the object that defines it). The shim and the
    tools are two programs: what one leaves undefined the other does not define."""
    home = {(one.side, symbol): one for one in objects for symbol in one.defines}
    for one in objects:
        for symbol in sorted(one.needs):
            if (one.side, symbol) in home:
                yield one, symbol, home[(one.side, symbol)]


def law_calls(rooms, project, objects):
    for one, symbol, other in uses(objects):
        if rooms.may(one.room, one.name[:-len(".o")], other.room):
            continue
        words = set()
        for header in rooms.headers[one.room].get(other.room, ()):
            text = open(os.path.join(project, other.side, other.room, header)).read()
            words |= set(re.findall(r"\w+", text))
        if symbol not in words:
            yield (f"{one.name}: {one.caller(symbol)} uses {symbol}, which is "
                   f"{other.name}'s: {one.room} may not use {other.room}")


def circles(arrows):
    """Tarjan's strongly connected components of more than one node."""
    number, low, stack, found = {}, {}, [], []

    def visit(node):
        number[node] = low[node] = len(number)
        stack.append(node)
        for other in sorted(arrows[node]):
            if other not in number:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], number[other])
        if low[node] == number[node]:
            circle = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(circle) > 1:
                found.append(sorted(circle))

    for node in sorted(arrows):
        if node not in number:
            visit(node)
    return found


def law_circles(_rooms, _project, objects):
    arrows = {one.name: collections.defaultdict(set) for one in objects}
    for one, symbol, other in uses(objects):
        arrows[one.name][other.name].add(symbol)
    for circle in circles(arrows):
        yield "a circle of " + ", ".join(circle)
        for name in circle:
            for other in sorted(set(circle) & arrows[name].keys()):
                symbols = ", ".join(sorted(arrows[name][other]))
                yield f"    {name} uses {symbols} of {other}"


LAWS = {"folders": law_folders, "includes": law_includes, "calls": law_calls,
        "circles": law_circles}


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in LAWS:
        print(__doc__, file=sys.stderr)
        return 2
    law, project, listed = sys.argv[1:]
    rooms = Rooms(os.path.join(project, "tests/rows/rooms.def"))
    objects = read_objects(listed, rooms) if law in ("calls", "circles") else []
    broken = list(LAWS[law](rooms, project, objects))
    for line in broken:
        print(line)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
