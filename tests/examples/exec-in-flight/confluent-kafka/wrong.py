# SPDX-License-Identifier: Apache-2.0
"""Execs with messages in the queue.

raises: exec-in-flight
run: --broker-rtt 1000
"""
import os
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": sys.argv[1]})
# --8<--
for order in range(100):
    producer.produce("orders", value=b"order %d" % order)
os.execvp("true", ["true"])  # the queue is gone
# --8<--
