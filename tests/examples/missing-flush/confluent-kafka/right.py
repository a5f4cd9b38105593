# SPDX-License-Identifier: Apache-2.0
"""Flushes until nothing is left, also after an exception.

run: --broker-rtt 400
"""
import sys

from confluent_kafka import Producer

# --8<--
producer = Producer({"bootstrap.servers": sys.argv[1]})
try:
    for order in range(100):
        producer.produce("orders", value=b"order %d" % order)
finally:
    left = producer.flush()  # waits for all; what it returns is how many are left
if left:
    sys.exit(f"{left} orders were not delivered")
# --8<--
