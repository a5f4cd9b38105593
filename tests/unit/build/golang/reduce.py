#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""reduce.py - what golang.c reads of a Go program, as a small text for test_golang.c

usage: reduce.py TEST_GOLANG PROGRAM > NAME.part

PROGRAM is program.go, built by the version of Go in question:

    CGO_ENABLED=0 go build -trimpath -buildmode=exe -o PROGRAM program.go     (or =pie)

It must have its symbols, for they say where its functions are; they are not kept. Bytes that the
answers do not need become zero: halves of the file at first, then smaller and smaller parts.
"""
import re
import subprocess
import sys
import tempfile


def disassembled(program, function):
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", program],
                          capture_output=True, text=True, check=True).stdout
    body = text.split(f"<{function}>:\n", 1)[1].split("\n\n", 1)[0]
    return [(int(address, 16), what) for address, what in
            re.findall(r"^\s*([0-9a-f]+):\s+(.*)$", body, re.M)]


def call_addresses(program, function, called):
    return [at for at, what in disassembled(program, function) if f"<{called}>" in what]


def main():
    asker, program = sys.argv[1:]
    inlined, own = call_addresses(program, "main.outer", "main.keep")
    addresses = [own, inlined, call_addresses(program, "main.main", "main.outer")[0]]
    data = bytearray(open(program, "rb").read())
    scratch = tempfile.NamedTemporaryFile()

    def answers(size):
        scratch.seek(0)
        scratch.write(data)
        scratch.flush()
        return subprocess.run([asker, scratch.name, *map(hex, addresses)],
                              capture_output=True, text=True, check=True).stdout

    wanted = answers(len(data))

    def reduce(begin, end):
        was = bytes(data[begin:end])
        if not any(was):
            return
        data[begin:end] = bytes(end - begin)
        if answers(len(data)) == wanted:
            return
        data[begin:end] = was
        if end - begin > 16:
            middle = (begin + end) // 2 & ~7
            reduce(begin, middle)
            reduce(middle, end)

    reduce(64, len(data))
    print(f"size {len(data)}")
    for address in addresses:
        print(f"address {address:x}")
    for match in re.finditer(rb"[^\0](?:\0{0,7}[^\0])*", bytes(data)):
        print(f"{match.start():x} {match.group().hex()}")


main()
