# SPDX-License-Identifier: Apache-2.0
"""Waits for the answer of the broker.

run: --broker-rtt 1
"""
import sys

from kafka import KafkaProducer

# --8<--
producer = KafkaProducer(bootstrap_servers=sys.argv[1], acks="all",
                         max_request_size=30_000_000)
producer.send("images", b"x" * 25_000_000).get(timeout=60)
producer.close()
# --8<--
