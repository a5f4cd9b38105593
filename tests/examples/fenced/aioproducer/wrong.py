# SPDX-License-Identifier: Apache-2.0
"""Gives each instance the same transactional.id.

raises: fenced
run: --broker-errors EndTxn=PRODUCER_FENCED
"""
import asyncio
import sys

from confluent_kafka.aio import AIOProducer


# --8<--
async def start(instance):
    producer = AIOProducer({"bootstrap.servers": sys.argv[1],
                            "transactional.id": "orders"})  # of all instances
    await producer.init_transactions()  # ends the others' transactions
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
        await first.commit_transaction()  # raises KafkaException: _FENCED
    finally:
        await first.close()
        if second:
            await second.close()


asyncio.run(main())
