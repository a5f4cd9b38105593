# SPDX-License-Identifier: Apache-2.0
"""confluent-kafka: a child produces COUNT messages with its parent's producer, which has
produced none.

confluent_forks.py BOOTSTRAP COUNT
"""
import os
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": sys.argv[1]})
# Its threads begin and connect, and hold librdkafka's locks now and then: a child that is
# forked meanwhile has one of them held for ever (5 of 116 times on a loaded machine).
producer.list_topics(timeout=10)
producer.poll(0.2)
child = os.fork()
if child == 0:
    for number in range(int(sys.argv[2])):
        producer.produce("stories", b"order %d" % number)
    os._exit(0)
os.waitpid(child, 0)
