# SPDX-License-Identifier: Apache-2.0
"""Gives each instance a transactional_id of its own.

run: --broker-rtt 1
"""
import asyncio
import sys

from aiokafka import AIOKafkaProducer


# --8<--
async def start(instance):
    """`instance`: its number among those that run at a time, the same after a restart."""
    producer = AIOKafkaProducer(bootstrap_servers=sys.argv[1],
                                transactional_id=f"orders-{instance}")
    await producer.start()
    return producer
# --8<--


async def main():
    first = await start(0)
    second = None
    try:
        async with first.transaction():
            for order in range(100):
                await first.send("orders", b"order %d" % order)
            await first.flush()
            # A second instance starts while this one still runs.
            second = await start(1)
    finally:
        await first.stop()
        if second:
            await second.stop()


asyncio.run(main())
