# SPDX-License-Identifier: Apache-2.0
"""Looks at every future.

run: --broker-rtt 1
"""
import sys

from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers=sys.argv[1])
# --8<--
sent = [producer.send("orders", b"order %d" % order) for order in range(100)]
producer.flush()
for future in sent:
    future.get(timeout=60)  # raises what the broker said
producer.close()
# --8<--
