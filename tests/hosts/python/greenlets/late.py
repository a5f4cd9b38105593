# SPDX-License-Identifier: Apache-2.0
"""kafka-python: greenlets come when the producer has sent already, and nothing is patched.

greenlets/late.py BOOTSTRAP COUNT

The client's own thread is one of the system's. The serializer lets the others run.
"""
import sys

from kafka import KafkaProducer

count = int(sys.argv[2])
let_others_run = None


def serialize(value):
    if let_others_run:
        let_others_run(0)
    return value


producer = KafkaProducer(bootstrap_servers=sys.argv[1], value_serializer=serialize)


def early(number):
    producer.send("stories", b"early %d" % number)


def alpha(number):
    producer.send("stories", b"alpha %d" % number)


def beta(number):
    producer.send("stories", b"beta %d" % number)


for number in range(count):
    early(number)

import gevent

let_others_run = gevent.sleep
gevent.joinall([gevent.spawn((alpha, beta)[number % 2], number) for number in range(count)],
               raise_error=True)
producer.flush()
producer.close()
