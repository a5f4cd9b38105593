# SPDX-License-Identifier: Apache-2.0
"""The fake broker behind TLS: a relay that speaks it, and the broker that serves.

Prints its port. What the broker is told (--stall, --never-answer, ...) it is told as ever;
the relay takes no more of a client than the broker takes of the relay, and ends each
connection as the broker ended it. --report is the broker's.
tls_broker.py --certificate FILE --key FILE --broker PROGRAM --report FILE [of the broker...]
With --hold-handshake each client gets the first record of the handshake's answer and nothing
more until it closes the connection.
"""
import argparse
import select
import signal
import socket
import ssl
import struct
import subprocess
import threading
import time

PIECE = 1 << 14
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: the close throws away what is unsent
DRAIN_S = 20


class Direction:
    """Bytes from one end to the other, at most one piece on the way."""

    def __init__(self, source, target):
        self.source, self.target = source, target
        self.piece = b""
        self.over = False

    def wants(self):
        return not self.piece and not self.over

    def take(self):
        """Reads once; false if there is nothing yet."""
        try:
            self.piece = self.source.recv(PIECE)
            self.over = not self.piece
            return True
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
            return False

    def give(self):
        try:
            self.piece = self.piece[self.target.send(self.piece):]
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
            pass


def pump(client, broker):
    """Until both have said all; an exception is the end of both."""
    there, back = Direction(client, broker), Direction(broker, client)
    told = False
    while not back.over or back.piece:
        if there.over and not there.piece and not told:
            told = True
            broker.shutdown(socket.SHUT_WR)
        # What TLS has decrypted already is announced by nobody.
        ready = there.wants() and client.pending() > 0
        reading = [way.source for way in (there, back) if way.wants()]
        writing = [way.target for way in (there, back) if way.piece]
        readable, writable, _ = select.select(reading, writing, [], 0 if ready else 10)
        if there.wants() and (ready or client in readable):
            there.take()
        if back.wants() and broker in readable:
            back.take()
        for way in (there, back):
            if way.piece:
                way.give()


def serve(connection, context, port):
    broker = socket.create_connection(("127.0.0.1", port))
    broker.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
    try:
        connection.settimeout(10)
        client = context.wrap_socket(connection, server_side=True,
                                     suppress_ragged_eofs=True)
        client.setblocking(False)
        broker.setblocking(False)
        connection = client
        pump(client, broker)
    except (ssl.SSLError, OSError):
        # The one is as gone as the other.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()
    broker.close()


def hold(connection, context):
    """The first record alone, as a broker that is slow sends one by one."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    half = context.wrap_bio(incoming, outgoing, server_side=True)
    answer = b""
    while not answer:
        hello = connection.recv(PIECE)
        if not hello:
            return
        incoming.write(hello)
        try:
            half.do_handshake()
        except ssl.SSLWantReadError:
            answer = outgoing.read()
    connection.sendall(answer[:5 + int.from_bytes(answer[3:5], "big")])
    while connection.recv(PIECE):
        pass


def serve_held(connection, context, _):
    with connection:
        hold(connection, context)


class Relay:
    def __init__(self, options, more):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(options.certificate, options.key)
        self.listener = socket.socket()
        if options.rcvbuf:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options.rcvbuf)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(64)
        self.serve = serve_held if options.hold_handshake else serve
        self.serving = []
        self.stopped = False
        port = self.listener.getsockname()[1]
        self.broker = subprocess.Popen(
            [options.broker, "--advertise", str(port), "--report", options.report] + more,
            stdout=subprocess.PIPE, text=True)
        self.broker_port = int(self.broker.stdout.readline())
        print(port, flush=True)

    def run(self):
        self.listener.settimeout(0.05)
        while not self.stopped:
            try:
                connection = self.listener.accept()[0]
            except TimeoutError:
                continue
            thread = threading.Thread(target=self.serve, daemon=True,
                                      args=(connection, self.context, self.broker_port))
            thread.start()
            self.serving.append(thread)
        # The clients are gone: what they have left in the kernel is still to come.
        ends_at = time.monotonic() + DRAIN_S
        for thread in self.serving:
            thread.join(max(0, ends_at - time.monotonic()))
        self.broker.terminate()
        self.broker.wait()

    def stop(self, *_):
        self.stopped = True


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--broker", required=True)
    parser.add_argument("--report", required=True)
    parser.add_argument("--rcvbuf", type=int, default=0)
    parser.add_argument("--hold-handshake", action="store_true")
    options, more = parser.parse_known_args()
    if options.rcvbuf:
        more += ["--rcvbuf", str(options.rcvbuf)]
    relay = Relay(options, more)
    signal.signal(signal.SIGTERM, relay.stop)
    relay.run()


main()
