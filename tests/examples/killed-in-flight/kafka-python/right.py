# SPDX-License-Identifier: Apache-2.0
"""Leaves its loop on SIGTERM, and closes.

run: --broker-rtt 400
"""
import os
import signal
import sys

from kafka import KafkaProducer


def orders():
    """Without end; a supervisor sends SIGTERM on the way."""
    order = 0
    while True:
        yield order
        order += 1
        if order == 100:
            os.kill(os.getpid(), signal.SIGTERM)


producer = KafkaProducer(bootstrap_servers=sys.argv[1])
# --8<--
def stop(number, frame):
    raise SystemExit(0)


signal.signal(signal.SIGTERM, stop)
try:
    for order in orders():
        producer.send("orders", b"order %d" % order)
finally:
    producer.flush(timeout=20)  # less than the supervisor waits
    producer.close(timeout=1)
# --8<--
