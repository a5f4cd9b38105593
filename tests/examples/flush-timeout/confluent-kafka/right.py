# SPDX-License-Identifier: Apache-2.0
"""Flushes again until nothing is left.

run: --broker-rtt 1000
"""
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": sys.argv[1]})
# --8<--
for order in range(100):
    producer.produce("orders", value=b"order %d" % order)
# It ends: what is not delivered within message.timeout.ms fails.
while left := producer.flush(1):
    print(left, "orders are left", file=sys.stderr)
# --8<--
