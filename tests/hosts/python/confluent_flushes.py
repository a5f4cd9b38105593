# SPDX-License-Identifier: Apache-2.0
"""confluent-kafka (librdkafka under Python): produces and flushes.

confluent_flushes.py BOOTSTRAP [COUNT]
"""
import sys

from confluent_kafka import Producer


def send_order(producer, number):
    producer.produce("stories", value=b'{"order": %d}' % number)


def main():
    producer = Producer({"bootstrap.servers": sys.argv[1]})
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    for number in range(count):
        send_order(producer, number)
    print("left in the queue:", producer.flush(30))


main()
