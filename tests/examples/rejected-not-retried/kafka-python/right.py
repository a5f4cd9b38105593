# SPDX-License-Identifier: Apache-2.0
"""Keeps what was refused, and sends it where it fits.

run: --broker-rtt 400
"""
import sys

from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers=sys.argv[1], max_request_size=1000)
# --8<--
def parts(value, size=500):
    return [value[at:at + size] for at in range(0, len(value), size)]


for order in range(10):
    for part in parts(b"x" * 300 * order):  # each within max_request_size
        producer.send("orders", part, key=b"order %d" % order)
producer.flush()
producer.close()
# --8<--
