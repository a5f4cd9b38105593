# SPDX-License-Identifier: Apache-2.0
"""A worker makes a producer of its own.

run: --broker-rtt 1
"""
import multiprocessing
import sys

from confluent_kafka import Producer

# --8<--
def work(order):
    producer = Producer({"bootstrap.servers": sys.argv[1]})
    producer.produce("orders", value=b"order %d" % order)
    if producer.flush():
        sys.exit("the order was not delivered")


worker = multiprocessing.get_context("fork").Process(target=work, args=(1,))
worker.start()
worker.join()
# --8<--
