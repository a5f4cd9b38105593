# SPDX-License-Identifier: Apache-2.0
"""confluent-kafka behind somebody else's package and a wrapper of its own; flushed.

Two lines of ours send, 5 and 2 messages, by way of our wrapper and of LEVELS functions of a
package that calls the client.

confluent_layers.py BOOTSTRAP LEVELS
"""
import sys

from confluent_kafka import Producer

PACKAGE = """
def emit(producer, value, levels):
    if levels > 1:
        return emit(producer, value, levels - 1)
    producer.produce("stories", value)
"""

producer = Producer({"bootstrap.servers": sys.argv[1]})
levels = int(sys.argv[2])
package = {}
exec(compile(PACKAGE, "/opt/venv/lib/python3/site-packages/bus/emitter.py", "exec"), package)


def publish(value):
    package["emit"](producer, value, levels)


def orders():
    for _ in range(5):
        publish(b"order")


def audit():
    for _ in range(2):
        publish(b"audit")


orders()
audit()
sys.exit(producer.flush(30))
