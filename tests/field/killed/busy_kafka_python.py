# SPDX-License-Identifier: Apache-2.0
"""kafka-python, producing without an end, for somebody to kill it.

busy_kafka_python.py BROKER TOPIC ACKS SEED THREADS

Batches of every size, now and then a flush or a get: what an instant can find. All
threads share one producer.
"""
import random
import sys
import threading
import time

from kafka import KafkaProducer

broker, topic, acks, seed, threads = sys.argv[1:]
chance = random.Random(int(seed))
producer = KafkaProducer(
    bootstrap_servers=broker,
    acks=acks if acks == "all" else int(acks),
    linger_ms=chance.choice([0, 5, 50]),
)
quiet = chance.choice([0.001, 0.01, 0.2])


def produce(own):
    while True:
        # Its checksums are Python, too: without a pause it would be at these alone.
        if own.random() < 0.01:
            time.sleep(0.01)
        future = producer.send(topic, bytes(own.randrange(1, 300)))
        if own.random() < quiet:
            if own.random() < 0.5:
                producer.flush()
            else:
                future.get(30)


for _ in range(int(threads) - 1):
    threading.Thread(target=produce, args=(random.Random(chance.random()),)).start()
produce(chance)
