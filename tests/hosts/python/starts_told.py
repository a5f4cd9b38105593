# SPDX-License-Identifier: Apache-2.0
"""Starts a program with its arguments and ends as it did: starts_told.py HOW PROGRAM ARG...

How: fork (and exec), spawn (posix_spawn), vfork (subprocess), system (a shell).
"""
import os
import subprocess
import sys

how, program = sys.argv[1], sys.argv[2:]


def code(status):
    return os.waitstatus_to_exitcode(status)


def fork():
    pid = os.fork()
    if pid == 0:
        os.execv(program[0], program)
    return code(os.waitpid(pid, 0)[1])


def spawn():
    pid = os.posix_spawn(program[0], program, os.environ)
    return code(os.waitpid(pid, 0)[1])


ended = {
    "fork": fork,
    "spawn": spawn,
    "vfork": lambda: subprocess.run(program, check=False).returncode,
    "system": lambda: code(os.system(" ".join(program))),
}[how]()
sys.exit(ended)
