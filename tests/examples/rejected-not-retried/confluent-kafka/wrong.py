# SPDX-License-Identifier: Apache-2.0
"""Goes on when the queue is full.

raises: rejected-not-retried
run: --broker-rtt 400
"""
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": sys.argv[1], "queue.buffering.max.messages": 10})
# --8<--
for order in range(100):
    try:
        producer.produce("orders", value=b"order %d" % order)
    except BufferError as error:
        print(error, file=sys.stderr)  # and this order is gone
producer.flush()
# --8<--
