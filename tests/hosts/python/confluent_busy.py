# SPDX-License-Identifier: Apache-2.0
"""confluent-kafka: produces without end, until somebody kills it.

confluent_busy.py BOOTSTRAP
"""
import sys
import time

from confluent_kafka import Producer


def main():
    producer = Producer({"bootstrap.servers": sys.argv[1], "linger.ms": 2})
    print("busy", flush=True)
    while True:
        for _ in range(100):
            producer.produce("stories", value=b"o" * 100)
        producer.poll(0)
        time.sleep(0.001)


main()
