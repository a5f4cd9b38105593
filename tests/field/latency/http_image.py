# SPDX-License-Identifier: Apache-2.0
# The same image over plain HTTP, on one connection: what each took, in ms.
import http.client
import socket
import sys
import time

address, path, times, buffer = sys.argv[1:5]
host, _, port = address.rpartition(":")
client = http.client.HTTPConnection(host, int(port))
client.sock = socket.socket()
if buffer != "default":
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, int(buffer))
client.sock.connect((host, int(port)))
with open(path, "rb") as file:
    image = file.read()
for _ in range(int(times)):
    began = time.perf_counter()
    client.request("POST", "/", image)
    client.getresponse().read()
    print("took_ms", (time.perf_counter() - began) * 1000)
client.close()
