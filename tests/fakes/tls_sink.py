# SPDX-License-Identifier: Apache-2.0
"""A peer that speaks TLS and counts what arrives: by TCP, and once decrypted.

Takes one connection, prints its port, reads as late and as slowly as asked once
the handshake is done, and answers an upload with Content-Length when it is whole.
The TLS is done in memory, so that every byte of TCP passes by the counter.
tls_sink.py --certificate FILE --key FILE --report FILE [--stall MS] [--rcvbuf N]
"""
import argparse
import json
import os
import re
import signal
import socket
import ssl
import time

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Sink:
    def __init__(self, connection, context):
        self.connection = connection
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        self.received = self.plain = 0
        self.head = b""
        self.ends_at = None

    def say(self):
        if self.outgoing.pending:
            self.connection.sendall(self.outgoing.read())

    def take(self):
        """Some more of TCP; False at its end."""
        data = self.connection.recv(1 << 18)
        self.received += len(data)
        if data:
            self.incoming.write(data)
        else:
            self.incoming.write_eof()
        return bool(data)

    def shake_hands(self):
        while True:
            try:
                self.tls.do_handshake()
                return self.say()
            except ssl.SSLWantReadError:
                self.say()
                if not self.take():
                    return None

    def note(self, data):
        self.plain += len(data)
        if self.ends_at is None and len(self.head) < 8192:
            self.head += data
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", self.head)
            if b"\r\n\r\n" in self.head and length:
                self.ends_at = self.head.index(b"\r\n\r\n") + 4 + int(length.group(1))
        if self.ends_at is not None and self.plain >= self.ends_at:
            self.tls.write(ANSWER)
            self.ends_at = float("inf")

    def read(self):
        """Until the other end says goodbye, or nothing."""
        while True:
            try:
                data = self.tls.read(1 << 18)
                if not data:
                    return
                self.note(data)
            except ssl.SSLWantReadError:
                self.say()
                if not self.take():
                    return

    def drain(self):
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass
        self.say()
        while self.take():
            pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--report", required=True)
    parser.add_argument("--stall", type=int, default=0)
    parser.add_argument("--rcvbuf", type=int, default=0)
    options = parser.parse_args()
    # Told to stop, it goes on until the other end has closed.
    signal.signal(signal.SIGTERM, lambda *_: signal.alarm(5))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
    listener = socket.socket()
    if options.rcvbuf:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options.rcvbuf)
    listener.bind(("127.0.0.1", 0))
    listener.listen(8)
    print(listener.getsockname()[1], flush=True)
    sink = Sink(listener.accept()[0], context)
    try:
        sink.shake_hands()
        time.sleep(options.stall / 1000)
        sink.read()
        sink.drain()
    except (ssl.SSLError, ConnectionError):
        pass
    sink.connection.close()
    with open(options.report + ".part", "w") as report:
        json.dump({"received": sink.received, "plain": sink.plain}, report)
    os.rename(options.report + ".part", options.report)


main()
