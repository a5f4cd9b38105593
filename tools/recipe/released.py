#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the rows of released.def for archives of librdkafka.

released.py NAME=ARCHIVE... > tools/recipe/released.def

NAME is the release ("confluent-kafka-go v2.11.1"), ARCHIVE its librdkafka.a, of one processor. A
release has a row for each function that the library replaces or calls (shim/calls/calls.def,
uses.def, shim/librdkafka/inside.h): the number of its section, the offset of the function in the
section, the size of its code, and the first 40 bytes of it, ".." for a byte that the linker may
write. If too few bytes of a section are known, its other functions have rows as well: a function
without a row is one that the release does not have. Needs readelf and ar (binutils), which must
know the processor.
"""
import os
import re
import subprocess
import sys
import tempfile

BEGIN = 40
KNOWN_LEAST = 32  # pieces.c
SHIM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "shim")

# The bytes that a linker may write: before the offset of a relocation, and from it on: objects.c.
REACH = {"R_X86_64_64": (0, 8), "R_X86_64_PC64": (0, 8), "R_X86_64_GOTPCRELX": (2, 4),
         "R_X86_64_REX_GOTPCRELX": (3, 4), "R_X86_64_GOTPCREL": (3, 4),
         "R_X86_64_GOTTPOFF": (3, 4), "R_X86_64_TLSGD": (4, 12), "R_X86_64_TLSLD": (3, 10),
         "R_X86_64_GOTPC32_TLSDESC": (3, 4), "R_AARCH64_ABS64": (0, 8)}


def wanted():
    names = set()
    for name in ("calls/calls.def", "calls/uses.def", "librdkafka/inside.h",
                 "librdkafka/inside.c", "linked/linked.c"):
        with open(os.path.join(SHIM, name), encoding="utf-8") as file:
            names |= set(re.findall(r"\brd_kafka_\w+", file.read()))
    return names


def printed(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Object:
    def __init__(self, path):
        self.path = path
        self.bytes = open(path, "rb").read()
        self.sections = {}  # number: (offset in the file, size)
        for line in printed("readelf", "-SW", path).splitlines():
            found = re.match(r"\s*\[\s*(\d+)\]\s+(\S+)\s+PROGBITS\s+\S+\s+(\S+)\s+(\S+)\s+\S+"
                             r"\s+\w*X", line)
            if found:
                self.sections[int(found[1])] = (int(found[3], 16), int(found[4], 16), found[2])

    def functions(self, names):
        for line in printed("readelf", "-sW", self.path).splitlines():
            word = line.split()
            if len(word) == 8 and word[3] == "FUNC" and word[7].startswith("rd_kafka_") and \
                    (names is None or word[7] in names) and \
                    word[6].isdigit() and int(word[6]) in self.sections:
                yield int(word[6]), word[7], int(word[1], 16), int(word[2], 0)

    def unknown(self):
        """By the name of a section: the offsets that a linker may write."""
        places, section = {}, None
        for line in printed("readelf", "-rW", self.path).splitlines():
            head = re.match(r"Relocation section '\.rela(\S+)'", line)
            word = line.split()
            if head:
                section = places.setdefault(head[1], set())
            elif len(word) > 2 and word[2].startswith("R_"):
                at, (before, after) = int(word[0], 16), REACH.get(word[2], (0, 4))
                section |= set(range(at - before, at + after))
        return places


def begin(code, offset, count, unknown):
    return "".join(".." if offset + i in unknown else f"{code[offset + i]:02x}"
                   for i in range(min(BEGIN, count)))


def texts(one, section, names):
    at, size, called = one.sections[section]
    code, unknown = one.bytes[at:at + size], one.unknown().get(called, set())
    return [(name, offset, count, begin(code, offset, count, unknown))
            for of, name, offset, count in sorted(one.functions(names), key=lambda row: row[2])
            if of == section]


def known(some):
    return sum(len(text[3].replace(".", "")) for text in some) // 2


def rows(folder, names):
    number = 0
    for path in sorted(os.listdir(folder)):
        one = Object(os.path.join(folder, path))
        for section in sorted({function[0] for function in one.functions(names)}):
            some = texts(one, section, names)
            if known(some) < KNOWN_LEAST:
                some = texts(one, section, None)
            if known(some) < KNOWN_LEAST:
                sys.exit(f"{path}: too little is known of {some}")
            for name, offset, count, text in some:
                yield f'ROW({number}, {name}, {offset:#x}, {count},\n    "{text}")'
            number += 1


def machine(path):
    found = re.search(r"Machine:\s+(.*)", printed("readelf", "-h", path))[1]
    return "EM_AARCH64" if "AArch64" in found else "EM_X86_64"


def extract(archive, folder):
    members = printed("ar", "t", archive).split()
    subprocess.run(["ar", "x", os.path.abspath(archive),
                    *[m for m in members if m.startswith("rdkafka")]], cwd=folder, check=True)


def main():
    names = wanted()
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print("/*\n * released.def - the functions of released archives: released.h; "
          "written by released.py.\n *\n * RELEASE(identifier, machine, name,\n"
          " *\t   ROW(piece, function, offset in the piece, bytes of its code, "
          "first bytes)...)\n */")
    for argument in sys.argv[1:]:
        name, _, archive = argument.partition("=")
        with tempfile.TemporaryDirectory() as folder:
            extract(archive, folder)
            first = os.path.join(folder, os.listdir(folder)[0])
            this = machine(first)
            word = re.sub(r"[^0-9A-Za-z]", "_", name)
            print(f'RELEASE({word}_{this}, {this}, "{name}",')
            print("\n".join(rows(folder, names)))
            print(")")


main()
