# SPDX-License-Identifier: Apache-2.0
"""quix.py - the producer of quixstreams, as a context or left

    quix.py BROKER TOPIC COUNT context|none

A context flushes when it is left.
"""
import sys

from quixstreams import Application

broker, topic, count, ending = sys.argv[1:5]
app = Application(broker_address=broker, loglevel="WARNING",
                  producer_extra_config={"linger.ms": 60000})


def orders(producer):
    for number in range(int(count)):
        producer.produce(topic=topic, value=b"%d" % number)


if ending == "context":
    with app.get_producer() as producer:
        orders(producer)
else:
    producer = app.get_producer()
    orders(producer)
