# SPDX-License-Identifier: Apache-2.0
"""Closes with SO_LINGER 0, so that no socket stays in TIME_WAIT.

raises: linger-zero
run: --broker-rtt 1
"""
import pathlib
import socket
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from server import Server, deliver_one


# --8<--
def send_last(connection, data):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.sendall(data)  # into the send buffer
    connection.close()  # a reset: what is still in the send buffer is gone
# --8<--


image = bytes(100_000)
deliver_one(sys.argv[1])
server = Server(reads_after=1)
send_last(server.connect(send_buffer=200000), image)
if server.wait() != len(image):
    sys.exit("not all of it arrived")
