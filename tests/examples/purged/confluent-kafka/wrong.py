# SPDX-License-Identifier: Apache-2.0
"""Throws away what is queued, to end sooner.

raises: purged
run: --broker-rtt 400
"""
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": sys.argv[1]})
# --8<--
def on_delivery(error, message):
    if error:
        print(message.value(), error, file=sys.stderr)


for order in range(100):
    producer.produce("orders", value=b"order %d" % order, on_delivery=on_delivery)
producer.purge()  # these are gone
producer.flush()
# --8<--
