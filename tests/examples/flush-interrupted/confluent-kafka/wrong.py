# SPDX-License-Identifier: Apache-2.0
"""Raises an exception in a callback, which leaves flush.

raises: flush-interrupted
run: --broker-rtt 400
"""
import sys

from confluent_kafka import Producer

# One batch of ten at a time: all of it takes three round trips.
producer = Producer({"bootstrap.servers": sys.argv[1], "batch.num.messages": 10,
                     "max.in.flight": 1})
# --8<--
def on_delivery(error, message):
    if message.partition() == 0:
        raise ValueError("this leaves flush() with orders in the queue")


for order in range(100):
    producer.produce("orders", value=b"order %d" % order, partition=order % 4,
                     on_delivery=on_delivery)
producer.flush()
# --8<--
