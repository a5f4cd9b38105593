# SPDX-License-Identifier: Apache-2.0
"""greenlets.py - greenlets of gevent's produce, with all patched; the last line flushes or not

    greenlets.py BROKER TOPIC COUNT flush|none
"""
from gevent import monkey

monkey.patch_all()

import sys

import gevent
from confluent_kafka import Producer

broker, topic, count, ending = sys.argv[1:5]
producer = Producer({"bootstrap.servers": broker, "linger.ms": 60000})


def order(number):
    producer.produce(topic, b"%d" % number)


gevent.joinall([gevent.spawn(order, number) for number in range(int(count))], raise_error=True)
if ending == "flush":
    producer.flush()
