# SPDX-License-Identifier: Apache-2.0
"""Is ended by SIGTERM in the middle of its work.

raises: killed-in-flight
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
try:
    for order in orders():  # until SIGTERM ends the program at once
        producer.produce("orders", value=b"order %d" % order)
finally:
    producer.flush()  # SIGTERM runs no `finally:`
# --8<--
