# SPDX-License-Identifier: Apache-2.0
"""kafka-python in the first of two interpreters; the second only connects.

kafka_python_beside.py BOOTSTRAP COUNT
"""
import sys

try:
    import _xxsubinterpreters as interpreters
except ImportError:  # 3.13 and newer
    import _interpreters as interpreters
from kafka import KafkaProducer

host, port = sys.argv[1].split(":")
second = interpreters.create()
interpreters.run_string(
    second, "import socket\nsocket.create_connection((%r, %s)).close()" % (host, port))
producer = KafkaProducer(bootstrap_servers=sys.argv[1])
for number in range(int(sys.argv[2])):
    producer.send("stories", b"order %d" % number)
producer.flush()
interpreters.run_string(second, "socket.create_connection((%r, %s)).close()" % (host, port))
print("flushed")
