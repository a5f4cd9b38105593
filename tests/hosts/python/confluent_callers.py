# SPDX-License-Identifier: Apache-2.0
"""confluent-kafka: two callers of one helper, which calls another; and both flushed.

confluent_callers.py BOOTSTRAP
"""
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": sys.argv[1]})


def send(value):
    producer.produce("stories", value)


def publish(value):
    send(value)


def alpha():
    for _ in range(40):
        publish(b"alpha")


def beta():
    for _ in range(3):
        publish(b"beta")


alpha()
beta()
sys.exit(producer.flush(30))
