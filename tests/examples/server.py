# SPDX-License-Identifier: Apache-2.0
"""server.py - what the examples of Python's sockets leave out of what they show.

The server runs in a thread of the program, takes one connection, begins to read when it is
told, and answers each request with one byte. A run of a program without Kafka has no verdict
(blind), so each of these delivers a message, too.
"""
import socket
import threading
import time

from confluent_kafka import Producer

REQUEST_BYTES = 104


class Server:
    def __init__(self, reads_after=0, answers=False):
        self.reads_after, self.answers, self.received = reads_after, answers, 0
        self.listener = socket.socket()
        if reads_after:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(1)
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        connection, _ = self.listener.accept()
        time.sleep(self.reads_after)
        try:
            while got := connection.recv(REQUEST_BYTES if self.answers else 65536):
                before, self.received = self.received, self.received + len(got)
                if self.answers and before // REQUEST_BYTES < self.received // REQUEST_BYTES:
                    connection.sendall(b"!")
        except ConnectionResetError:
            pass
        connection.close()

    def connect(self, send_buffer=0):
        """A connection to it; 0 leaves the size of the send buffer to the kernel."""
        connection = socket.create_connection(self.listener.getsockname())
        if send_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
        return connection

    def wait(self):
        """Until the connection has ended: how many bytes came."""
        self.thread.join()
        self.listener.close()
        return self.received


def deliver_one(brokers):
    producer = Producer({"bootstrap.servers": brokers})
    producer.produce("orders", value=b"one")
    producer.flush()
