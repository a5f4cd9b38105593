# SPDX-License-Identifier: Apache-2.0
"""Ends within a transaction that it has begun.

raises: open-transaction
run: --broker-rtt 1
"""
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": sys.argv[1], "transactional.id": "orders-1"})
# --8<--
producer.init_transactions()
producer.begin_transaction()
for order in range(100):
    producer.produce("orders", value=b"order %d" % order)
producer.flush()  # delivered, but not committed
# --8<--
