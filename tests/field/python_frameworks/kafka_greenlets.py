# SPDX-License-Identifier: Apache-2.0
"""kafka_greenlets.py - greenlets produce by kafka-python; the last lines flush and close, or not

    kafka_greenlets.py BROKER TOPIC COUNT gevent|eventlet flush|os_exit

All is patched: each waits inside send() for the topic's partitions, and lets the others begin
theirs. Those of a second function send when the first have.
"""
import os
import sys

broker, topic, count, library, ending = sys.argv[1:6]
if library == "gevent":
    from gevent import monkey, spawn

    monkey.patch_all()
else:
    from eventlet import monkey_patch, spawn

    monkey_patch()

from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers=broker, linger_ms=0 if ending == "flush" else 60000)


def order(number):
    producer.send(topic, b"order %d" % number)


def invoice(number):
    producer.send(topic, b"invoice %d" % number)


def join(greenlet):
    greenlet.get() if library == "gevent" else greenlet.wait()


half = int(count) // 2
for function in order, invoice:
    for greenlet in [spawn(function, number) for number in range(half)]:
        join(greenlet)
if ending == "flush":
    producer.flush()
    producer.close()
else:
    os._exit(0)
