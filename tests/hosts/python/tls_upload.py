# SPDX-License-Identifier: Apache-2.0
"""Python's ssl: sends a file over TLS, says goodbye.

tls_upload.py HOST:PORT FILE
"""
import socket
import ssl
import sys


def main():
    host, port = sys.argv[1].split(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection((host, int(port))) as plain:
        tls = context.wrap_socket(plain)
        with open(sys.argv[2], "rb") as file:
            tls.sendall(file.read())
        tls.unwrap().close()
    print("sent")


main()
