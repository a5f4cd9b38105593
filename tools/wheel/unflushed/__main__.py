# SPDX-License-Identifier: Apache-2.0
"""python -m unflushed: the program, in the place of this process"""
import os
import sys

from unflushed import program

if __name__ == "__main__":
    os.execv(program(), ["unflushed", *sys.argv[1:]])
