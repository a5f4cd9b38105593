# SPDX-License-Identifier: Apache-2.0
"""Starts a program under uvloop, whose loop is no Python: the program's own loop,
or, of one that has none, a loop around it.

under_uvloop.py PROGRAM [ARGUMENT...]
"""
import asyncio
import runpy
import sys

import uvloop

uvloop.install()
sys.argv = sys.argv[1:]


def program():
    runpy.run_path(sys.argv[0], run_name="__main__")


async def inside():
    program()


if "aiokafka" in sys.argv[0]:
    program()
else:
    asyncio.run(inside())
