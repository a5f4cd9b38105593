# SPDX-License-Identifier: Apache-2.0
"""confluent-kafka, producing without an end, for somebody to kill it.

busy_confluent.py BROKER TOPIC ACKS SEED
"""
import random
import sys

from confluent_kafka import Producer

broker, topic, acks, seed = sys.argv[1:]
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
while True:
    try:
        producer.produce(topic, bytes(chance.randrange(1, 3000)), on_delivery=lambda *_: None)
    except BufferError:
        producer.poll(0.01)
    producer.poll(0)
    if chance.random() < quiet:
        producer.flush()
