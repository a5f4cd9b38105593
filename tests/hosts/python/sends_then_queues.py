# SPDX-License-Identifier: Apache-2.0
"""Lets some messages be written, produces more, and is gone at once.

sends_then_queues.py BOOTSTRAP confluent|kafka FIRST LAST
"""
import os
import sys
import time


def confluent(address):
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": address, "linger.ms": 400})
    return lambda value: producer.produce("stories", value)


def kafka(address):
    from kafka import KafkaProducer

    producer = KafkaProducer(bootstrap_servers=address, linger_ms=400)
    return lambda value: producer.send("stories", value)


def main():
    send = {"confluent": confluent, "kafka": kafka}[sys.argv[2]](sys.argv[1])
    for number in range(int(sys.argv[3])):
        send(b"first %d" % number)
    time.sleep(1.2)
    for number in range(int(sys.argv[4])):
        send(b"last %d" % number)
    os._exit(0)


main()
