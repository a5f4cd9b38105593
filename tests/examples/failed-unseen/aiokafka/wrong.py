# SPDX-License-Identifier: Apache-2.0
"""Looks at no future.

raises: failed-unseen
run: --broker-errors Produce=TOPIC_AUTHORIZATION_FAILED:1
"""
import asyncio
import sys

from aiokafka import AIOKafkaProducer


async def main():
    producer = AIOKafkaProducer(bootstrap_servers=sys.argv[1])
    await producer.start()
    # --8<--
    for order in range(100):
        await producer.send("orders", b"order %d" % order)
    await producer.stop()  # raises nothing: what failed is not left
    # --8<--


asyncio.run(main())
