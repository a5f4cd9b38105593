# SPDX-License-Identifier: Apache-2.0
"""Takes a flush that gave up for one that waited.

raises: flush-timeout
run: --broker-rtt 1000
"""
import sys

from kafka import KafkaProducer
from kafka.errors import KafkaTimeoutError

producer = KafkaProducer(bootstrap_servers=sys.argv[1])
# --8<--
for order in range(100):
    producer.send("orders", b"order %d" % order)
try:
    producer.flush(timeout=0.1)
except KafkaTimeoutError:
    pass  # and these orders are gone
producer.close(timeout=0)
# --8<--
