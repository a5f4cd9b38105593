# SPDX-License-Identifier: Apache-2.0
"""Keeps what it has to raise until flush is over.

run: --broker-rtt 400
"""
import sys

from confluent_kafka import Producer

# One batch of ten at a time: all of it takes three round trips.
producer = Producer({"bootstrap.servers": sys.argv[1], "batch.num.messages": 10,
                     "max.in.flight": 1})
# --8<--
errors = []


def on_delivery(error, message):
    if error:
        errors.append((message.value(), error))  # nothing is raised in here


for order in range(100):
    producer.produce("orders", value=b"order %d" % order, partition=order % 4,
                     on_delivery=on_delivery)
producer.flush()
if errors:
    raise RuntimeError(errors)
# --8<--
