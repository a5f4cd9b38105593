# SPDX-License-Identifier: Apache-2.0
"""Ends what it sends, and closes when the peer has read it.

run: --broker-rtt 1
"""
import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from server import Server, deliver_one


# --8<--
def send_last(connection, data):
    connection.sendall(data)
    connection.shutdown(socket.SHUT_WR)  # the peer is told that there is no more
    connection.recv(1)  # b"": it has read all of it, and closes
    connection.close()
# --8<--


image = bytes(100_000)
deliver_one(sys.argv[1])
server = Server(reads_after=1)
send_last(server.connect(send_buffer=200000), image)
if server.wait() != len(image):
    sys.exit("not all of it arrived")
