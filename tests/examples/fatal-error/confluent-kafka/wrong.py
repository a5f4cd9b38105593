# SPDX-License-Identifier: Apache-2.0
"""Goes on with a producer that has stopped for good.

raises: fatal-error
run: --broker-errors Produce=OUT_OF_ORDER_SEQUENCE_NUMBER
"""
import sys

from confluent_kafka import KafkaException, Producer

# --8<--
producer = Producer({"bootstrap.servers": sys.argv[1], "enable.idempotence": True,
                     "error_cb": print})
for order in range(100):
    try:
        producer.produce("orders", value=b"order %d" % order)
        producer.flush()
    except KafkaException as error:
        print(error)  # after a fatal error each is refused
# --8<--
