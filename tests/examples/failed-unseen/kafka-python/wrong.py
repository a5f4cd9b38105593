# SPDX-License-Identifier: Apache-2.0
"""Looks at no future.

raises: failed-unseen
run: --broker-errors Produce=TOPIC_AUTHORIZATION_FAILED:1
"""
import sys

from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers=sys.argv[1])
# --8<--
for order in range(100):
    producer.send("orders", b"order %d" % order)
producer.flush()  # returns: what failed is not left
producer.close()
# --8<--
