# SPDX-License-Identifier: Apache-2.0
"""Ends with what it sent still in memory.

raises: missing-flush
run: --broker-rtt 1000
"""
import sys

from kafka import KafkaProducer

# Long enough that no machine is so slow that the orders are sent by then.
producer = KafkaProducer(bootstrap_servers=sys.argv[1], linger_ms=20_000)
# --8<--
for order in range(100):
    producer.send("orders", b"order %d" % order)
# nothing waits: the orders are still in memory when the program ends
# --8<--
