# SPDX-License-Identifier: Apache-2.0
"""Gives each instance a transactional.id of its own.

run: --broker-rtt 1
"""
import sys

from confluent_kafka import Producer


# --8<--
def start(instance):
    """`instance`: its number among those that run at a time, the same after a restart."""
    producer = Producer({"bootstrap.servers": sys.argv[1],
                         "transactional.id": f"orders-{instance}"})
    producer.init_transactions()
    return producer
# --8<--


first = start(0)
first.begin_transaction()
for order in range(100):
    first.produce("orders", value=b"order %d" % order)
# A second instance starts, as at a rolling update, while this one still runs.
second = start(1)
first.commit_transaction()
