# SPDX-License-Identifier: Apache-2.0
"""Makes a new producer after a fatal error, and produces again what is missing.

run: --broker-rtt 1
"""
import sys

from confluent_kafka import KafkaException, Producer


# --8<--
def send(missing):
    """Of these orders those that are not there, and whether the producer stopped for good."""
    fatal = []

    def on_error(error):
        if error.fatal():
            fatal.append(error)

    def on_delivery(error, message):
        if error is None:
            missing.discard(message.value())

    producer = Producer({"bootstrap.servers": sys.argv[1], "enable.idempotence": True,
                         "error_cb": on_error, "on_delivery": on_delivery})
    try:
        for order in list(missing):
            producer.produce("orders", value=order)
    except KafkaException as error:
        print(error)
    producer.flush()  # calls on_delivery()
    return missing, fatal


orders, stopped = send({b"order %d" % order for order in range(100)})
if stopped:
    orders, stopped = send(orders)  # with a new producer
# --8<--
if orders:
    sys.exit(f"{len(orders)} orders were not delivered")
