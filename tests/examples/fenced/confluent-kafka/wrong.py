# SPDX-License-Identifier: Apache-2.0
"""Gives each instance the same transactional.id.

raises: fenced
run: --broker-errors EndTxn=PRODUCER_FENCED
"""
import sys

from confluent_kafka import Producer


# --8<--
def start(instance):
    producer = Producer({"bootstrap.servers": sys.argv[1],
                         "transactional.id": "orders"})  # of all instances
    producer.init_transactions()  # ends the others' transactions
    return producer
# --8<--


first = start(0)
first.begin_transaction()
for order in range(100):
    first.produce("orders", value=b"order %d" % order)
# A second instance starts, as at a rolling update, while this one still runs.
second = start(1)
first.commit_transaction()  # raises KafkaException: _FENCED
