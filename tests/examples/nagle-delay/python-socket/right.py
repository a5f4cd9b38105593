# SPDX-License-Identifier: Apache-2.0
"""Writes a request in one call, and waits for its answer.

run: --broker-rtt 1
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from server import REQUEST_BYTES, Server, deliver_one


# --8<--
def ask(connection, header, body):
    connection.sendall(header + body)  # together; TCP_NODELAY is the other way
    return connection.recv(1)
# --8<--


deliver_one(sys.argv[1])
server = Server(answers=True)
with server.connect() as connection:
    for request in range(45):
        ask(connection, b"head", b"x" * (REQUEST_BYTES - 4))
server.wait()
