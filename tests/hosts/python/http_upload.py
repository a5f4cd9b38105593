# SPDX-License-Identifier: Apache-2.0
"""http.client: posts a file, says the status.

http_upload.py HOST:PORT FILE SEND_BUFFER    (buffer 0: the kernel's choice)
"""
import http.client
import socket
import sys


def main():
    address, path, send_buffer = sys.argv[1:4]
    connection = http.client.HTTPConnection(address)
    if int(send_buffer):
        connection.connect()
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, int(send_buffer))
    with open(path, "rb") as image:
        connection.request("POST", "/images", body=image.read())
    print("status", connection.getresponse().status)
    connection.close()


main()
