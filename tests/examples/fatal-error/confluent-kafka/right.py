# SPDX-License-Identifier: Apache-2.0
"""Makes a new producer after a fatal error, and produces again what is missing.

run: --broker-rtt 1
met: --broker-errors Produce=OUT_OF_ORDER_SEQUENCE_NUMBER
judged: failed
"""
import sys

from confluent_kafka import KafkaException, Producer


# --8<--
def send(missing):
    """Takes out of `missing` the orders that are there. True: the producer is sound."""
    fatal = []

    def on_delivery(error, message):
        if error is None:
            missing.discard(message.value())

    producer = Producer({"bootstrap.servers": sys.argv[1], "enable.idempotence": True,
                         "on_delivery": on_delivery})
    for order in list(missing):
        try:
            producer.produce("orders", value=order)
        except KafkaException as error:
            print(error)
    while len(producer):
        try:
            producer.flush()  # calls on_delivery() ...
        except KafkaException as error:  # ... and raises a fatal error, once
            fatal.append(error)
    return not fatal


orders = {b"order %d" % order for order in range(100)}
if not send(orders):
    send(orders)  # with a new producer
# --8<--
if orders:
    sys.exit(f"{len(orders)} orders were not delivered")
