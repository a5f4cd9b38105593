# SPDX-License-Identifier: Apache-2.0
"""Asks for no delivery reports.

raises: failed-unseen
run: --broker-errors Produce=TOPIC_AUTHORIZATION_FAILED:1
"""
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": sys.argv[1]})
# --8<--
for order in range(100):
    producer.produce("orders", value=b"order %d" % order)
producer.flush()  # returns 0: what failed is not left
# --8<--
