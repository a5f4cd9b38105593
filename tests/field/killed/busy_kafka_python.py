# SPDX-License-Identifier: Apache-2.0
"""kafka-python, producing without an end, for somebody to kill it.

busy_kafka_python.py BROKER TOPIC ACKS SEED

Batches of every size, now and then a flush or a get: what an instant can find.
"""
import random
import sys
import time

from kafka import KafkaProducer

broker, topic, acks, seed = sys.argv[1:]
chance = random.Random(int(seed))
producer = KafkaProducer(
    bootstrap_servers=broker,
    acks=acks if acks == "all" else int(acks),
    linger_ms=chance.choice([0, 5, 50]),
)
quiet = chance.choice([0.001, 0.01, 0.2])
while True:
    # Its checksums are Python, too: without a pause it would be at these alone.
    if chance.random() < 0.01:
        time.sleep(0.01)
    future = producer.send(topic, bytes(chance.randrange(1, 300)))
    if chance.random() < quiet:
        if chance.random() < 0.5:
            producer.flush()
        else:
            future.get(30)
