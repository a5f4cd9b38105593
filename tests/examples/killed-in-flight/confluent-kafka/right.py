# SPDX-License-Identifier: Apache-2.0
"""Leaves its loop on SIGTERM, and flushes.

run: --broker-rtt 400
"""
import os
import signal
import sys

from confluent_kafka import Producer


def orders():
    """Without end; a supervisor sends SIGTERM on the way."""
    order = 0
    while True:
        yield order
        order += 1
        if order == 100:
            os.kill(os.getpid(), signal.SIGTERM)


producer = Producer({"bootstrap.servers": sys.argv[1]})
# --8<--
def stop(number, frame):
    raise SystemExit(0)


signal.signal(signal.SIGTERM, stop)
try:
    for order in orders():
        producer.produce("orders", value=b"order %d" % order)
finally:
    left = producer.flush(20)  # less than the supervisor waits
    if left:
        print(left, "orders were not delivered", file=sys.stderr)
# --8<--
