# SPDX-License-Identifier: Apache-2.0
"""A worker uses the producer of its parent.

raises: produced-after-fork
run: --broker-rtt 1
"""
import multiprocessing
import sys

from confluent_kafka import Producer

# --8<--
producer = Producer({"bootstrap.servers": sys.argv[1]})


def work(order):
    producer.produce("orders", value=b"order %d" % order)
    producer.flush(2)  # here are no threads that would send it


worker = multiprocessing.get_context("fork").Process(target=work, args=(1,))
worker.start()
worker.join()
# --8<--
