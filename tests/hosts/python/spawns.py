# SPDX-License-Identifier: Apache-2.0
"""Half of a Produce request by hand, another program, and the end of the connection.

The other program has the connection or not, and sends the rest ("frame") or nothing
("cut"):
close   subprocess as it is: closes all in the child
keep    close_fds=False: what is inheritable goes over
pass    pass_fds
shell   os.system(), with what is not inheritable
spawns.py close|keep|pass|shell plain|inheritable frame|cut HOST:PORT
"""
import os
import socket
import struct
import subprocess
import sys

BATCH = 100000
REST = """
import os, sys
rest = sys.stdin.buffer.read()
while rest:
    rest = rest[os.write(int(sys.argv[1]), rest):]
"""


def text(value):
    return struct.pack(">h", len(value)) + value


def request():
    batch = bytearray(BATCH)
    struct.pack_into(">i", batch, 8, BATCH - 12)
    batch[16] = 2
    struct.pack_into(">i", batch, 57, 1)
    body = struct.pack(">hhi", 0, 3, 1) + text(b"ends")
    body += struct.pack(">hhii", -1, 1, 30000, 1) + text(b"end")
    body += struct.pack(">iii", 1, 0, BATCH) + batch
    return struct.pack(">i", len(body)) + body


def run(how, connection, rest):
    number = connection.fileno()
    command = [sys.executable, "-c", REST, str(number)]
    if how == "shell":
        os.system("true")
    elif rest is None:
        subprocess.run(["/bin/true"], close_fds=how == "close", check=True)
    elif how == "pass":
        subprocess.run(command, input=rest, pass_fds=[number], check=True)
    else:
        subprocess.run(command, input=rest, close_fds=how == "close", check=True)


def main():
    how, inheritance, what, address = sys.argv[1:]
    host, port = address.split(":")
    connection = socket.create_connection((host, int(port)))
    connection.set_inheritable(inheritance == "inheritable")
    frame = request()
    half = len(frame) // 2
    connection.sendall(frame[:half])
    run(how, connection, frame[half:] if what == "frame" else None)
    connection.close()
    print("handed over")


main()
