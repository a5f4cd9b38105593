# SPDX-License-Identifier: Apache-2.0
"""Takes a flush that gave up for one that waited.

raises: flush-timeout
run: --broker-rtt 1000
"""
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": sys.argv[1]})
# --8<--
for order in range(100):
    producer.produce("orders", value=b"order %d" % order)
producer.flush(0.1)  # gives up after 100 ms, and what it returns is lost
# --8<--
