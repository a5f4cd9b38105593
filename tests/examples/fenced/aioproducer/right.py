# SPDX-License-Identifier: Apache-2.0
"""Gives each instance a transactional.id of its own.

run: --broker-rtt 1
"""
import asyncio
import sys

from confluent_kafka.aio import AIOProducer


# --8<--
async def start(instance):
    """`instance`: its number among those that run at a time, the same after a restart."""
    producer = AIOProducer({"bootstrap.servers": sys.argv[1],
                            "transactional.id": f"orders-{instance}"})
    await producer.init_transactions()
    return producer
# --8<--


async def main():
    first = await start(0)
    second = None
    try:
        await first.begin_transaction()
        for order in range(100):
            await first.produce("orders", value=b"order %d" % order)
        # A second instance starts, as at a rolling update, while this one still runs.
        second = await start(1)
        await first.commit_transaction()
    finally:
        await first.close()
        if second:
            await second.close()


asyncio.run(main())
