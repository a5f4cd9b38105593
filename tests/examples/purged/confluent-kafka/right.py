# SPDX-License-Identifier: Apache-2.0
"""Gives what is queued its time first.

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
if producer.flush(60):  # purge only what is late even so
    producer.purge()
    producer.flush()  # calls on_delivery() for each
# --8<--
