# SPDX-License-Identifier: Apache-2.0
"""Commits what it has begun.

run: --broker-rtt 1
"""
import sys

from confluent_kafka import KafkaException, Producer

producer = Producer({"bootstrap.servers": sys.argv[1], "transactional.id": "orders-1"})
# --8<--
producer.init_transactions()
producer.begin_transaction()
try:
    for order in range(100):
        producer.produce("orders", value=b"order %d" % order)
    producer.commit_transaction()  # flushes, too
except KafkaException as error:
    if error.args[0].txn_requires_abort():
        producer.abort_transaction()  # and produce the orders again
    raise
# --8<--
