# SPDX-License-Identifier: Apache-2.0
"""Flushes and closes, also after an exception.

run: --broker-rtt 400
"""
import sys

from kafka import KafkaProducer

# Long enough that no machine is so slow that the orders are sent by then.
producer = KafkaProducer(bootstrap_servers=sys.argv[1], linger_ms=20_000)
# --8<--
try:
    for order in range(100):
        producer.send("orders", b"order %d" % order)
    producer.flush(timeout=60)  # raises KafkaTimeoutError when something is left
finally:
    producer.close(timeout=60)
# --8<--
