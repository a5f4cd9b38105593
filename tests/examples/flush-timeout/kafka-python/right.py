# SPDX-License-Identifier: Apache-2.0
"""Flushes again until nothing is left.

run: --broker-rtt 1000
"""
import sys

from kafka import KafkaProducer
from kafka.errors import KafkaTimeoutError

producer = KafkaProducer(bootstrap_servers=sys.argv[1])
# --8<--
for order in range(100):
    producer.send("orders", b"order %d" % order)
while True:
    try:
        producer.flush(timeout=1)
        break
    except KafkaTimeoutError as error:
        print(error, file=sys.stderr)
producer.close()
# --8<--
