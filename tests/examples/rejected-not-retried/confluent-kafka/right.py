# SPDX-License-Identifier: Apache-2.0
"""Waits for room, and produces again.

run: --broker-rtt 100
"""
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": sys.argv[1], "queue.buffering.max.messages": 10})
# --8<--
def send_order(value):
    while True:
        try:
            return producer.produce("orders", value=value)
        except BufferError:
            producer.poll(0.1)  # serves reports, and so makes room


for order in range(30):
    send_order(b"order %d" % order)
producer.flush()
# --8<--
