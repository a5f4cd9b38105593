# SPDX-License-Identifier: Apache-2.0
"""Flushes before it execs.

run: --broker-rtt 400
"""
import os
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": sys.argv[1]})
# --8<--
for order in range(100):
    producer.produce("orders", value=b"order %d" % order)
if producer.flush():
    sys.exit("not all orders were delivered")
os.execvp("true", ["true"])
# --8<--
