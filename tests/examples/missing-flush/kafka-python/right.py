# SPDX-License-Identifier: Apache-2.0
"""Flushes and closes, also after an exception.

run: --broker-rtt 400
"""
import sys

from kafka import KafkaProducer

# --8<--
producer = KafkaProducer(bootstrap_servers=sys.argv[1])
try:
    for order in range(100):
        producer.send("orders", b"order %d" % order)
    producer.flush(timeout=60)  # raises KafkaTimeoutError when something is left
finally:
    producer.close(timeout=60)
# --8<--
