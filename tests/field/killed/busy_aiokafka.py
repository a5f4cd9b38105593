# SPDX-License-Identifier: Apache-2.0
"""aiokafka, producing without an end, for somebody to kill it.

busy_aiokafka.py BROKER TOPIC ACKS SEED TASKS

All tasks share one producer: it is used from one thread.
"""
import asyncio
import random
import sys

from aiokafka import AIOKafkaProducer

broker, topic, acks, seed, tasks = sys.argv[1:]
chance = random.Random(int(seed))


async def produce(producer, quiet):
    while True:
        future = await producer.send(topic, bytes(chance.randrange(1, 300)))
        if chance.random() < quiet:
            await (producer.flush() if chance.random() < 0.5 else future)


async def main():
    producer = AIOKafkaProducer(
        bootstrap_servers=broker,
        acks=acks if acks == "all" else int(acks),
        linger_ms=chance.choice([0, 5, 50]),
    )
    await producer.start()
    quiet = chance.choice([0, 0.01, 0.2])
    await asyncio.gather(*[produce(producer, quiet) for _ in range(int(tasks))])


asyncio.run(main())
