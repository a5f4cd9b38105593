# SPDX-License-Identifier: Apache-2.0
"""Takes the delivery reports, and acts on them.

run: --broker-rtt 1
"""
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": sys.argv[1]})
# --8<--
failed = []


def on_delivery(error, message):
    if error:
        failed.append((message.value(), error))


for order in range(100):
    producer.produce("orders", value=b"order %d" % order, on_delivery=on_delivery)
producer.flush()  # calls on_delivery()
for value, error in failed:
    print(value, error, file=sys.stderr)
sys.exit(1 if failed else 0)
# --8<--
