# SPDX-License-Identifier: Apache-2.0
"""aiokafka_refused.py BROKER TOPIC WAY COUNT: two messages that send() refuses, then the rest

WAY is why it refuses them; with "_again" behind it they are sent again afterwards.
"""
import asyncio
import json
import sys

from aiokafka import AIOKafkaProducer
from aiokafka.errors import IllegalOperation, KafkaError

import security

broker, topic, way, count = sys.argv[1:4] + [int(sys.argv[4])]
why, _, again = way.partition("_")
REFUSED = {"large": [b"x" * 2000000, b"y" * 2000001], "serialize": [{1}, {2}],
           "bytes": ["one", "two"]}.get(why, [b"one", b"two"])
options = {"serialize": {"value_serializer": lambda value: json.dumps(value).encode()},
           "full": {"request_timeout_ms": 3000, "linger_ms": 20, "max_batch_size": 200},
           "cancelled": {"linger_ms": 20, "max_batch_size": 200},
           "fenced": {"transactional_id": topic}}.get(why, {})


async def refuse(producer):
    for value in REFUSED:
        try:
            if why == "cancelled":
                await asyncio.wait_for(producer.send(topic, value), 0.5)
            else:
                await producer.send(topic, value)
        except (KafkaError, IllegalOperation, TypeError, asyncio.TimeoutError) as error:
            print("refused:", repr(error))
        else:
            raise RuntimeError("it was not refused")


async def full(producer):
    """Nothing leaves its batches for a while, and there is no more room."""
    await producer.send_and_wait(topic, b"first")
    kept = producer._message_accumulator
    kept.drain_by_nodes = lambda *args, **named: ({}, False)
    await producer.send(topic, b"a" * 150)
    await refuse(producer)
    del kept.drain_by_nodes
    return 2


async def fenced(producer):
    await producer.begin_transaction()
    for number in range(count):
        await producer.send(topic, b"order %d" % number)
    await producer.flush()
    other = AIOKafkaProducer(bootstrap_servers=broker, transactional_id=topic,
                             **security.aiokafka())
    await other.start()
    try:
        await producer.commit_transaction()
    except (KafkaError, IllegalOperation) as error:
        print("commit:", repr(error))
    await refuse(producer)
    await other.stop()


async def main():
    producer = AIOKafkaProducer(bootstrap_servers=broker, **options, **security.aiokafka())
    await producer.start()
    sent = 0
    if why == "fenced":
        await fenced(producer)
        return
    if why in ("full", "cancelled"):
        sent = await full(producer)
    elif why != "stopped":
        await refuse(producer)
    if again:
        for value in REFUSED:
            await producer.send(topic, value)
            sent += 1
    for number in range(count - sent):
        await producer.send(topic, number if why == "serialize" else b"order %d" % number)
    await producer.stop()
    if why == "stopped":
        await refuse(producer)


asyncio.run(main())
