# SPDX-License-Identifier: Apache-2.0
"""Ends with what it produced still in the queue.

At its end Python destroys the producer, so that this is what is found.

raises: destroy-without-flush
run: --broker-rtt 1000
"""
import sys

from confluent_kafka import Producer

# --8<--
producer = Producer({"bootstrap.servers": sys.argv[1]})
for order in range(100):
    producer.produce("orders", value=b"order %d" % order)
# nothing waits: the orders are still in the queue when the program ends
# --8<--
