# SPDX-License-Identifier: Apache-2.0
"""Waits until the send buffer has room.

run: --broker-rtt 1
"""
import pathlib
import select
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from server import Server, deliver_one


# --8<--
def send_all(connection, data):
    left = memoryview(data)
    while left:
        try:
            left = left[connection.send(left):]
        except BlockingIOError:
            select.select([], [connection], [])  # sleeps until there is room
# --8<--


image = bytes(1_000_000)
deliver_one(sys.argv[1])
server = Server(reads_after=0.3)
with server.connect(send_buffer=65536) as connection:
    connection.setblocking(False)
    send_all(connection, image)
if server.wait() != len(image):
    sys.exit("not all of it arrived")
