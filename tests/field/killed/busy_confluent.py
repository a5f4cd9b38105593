# SPDX-License-Identifier: Apache-2.0
"""confluent-kafka, producing without an end, for somebody to kill it.

busy_confluent.py BROKER TOPIC ACKS SEED THREADS

All threads share one producer.
"""
import random
import sys
import threading

from confluent_kafka import Producer

broker, topic, acks, seed, threads = sys.argv[1:]
chance = random.Random(int(seed))
producer = Producer(
    {
        "bootstrap.servers": broker,
        "acks": acks,
        "linger.ms": chance.choice([0, 5, 50]),
        "enable.idempotence": acks == "all",
    }
)
quiet = chance.choice([0, 0.001, 0.05])


def produce(own):
    while True:
        try:
            producer.produce(topic, bytes(own.randrange(1, 3000)), on_delivery=lambda *_: None)
        except BufferError:
            producer.poll(0.01)
        producer.poll(0)
        if own.random() < quiet:
            producer.flush()


for _ in range(int(threads) - 1):
    threading.Thread(target=produce, args=(random.Random(chance.random()),)).start()
produce(chance)
