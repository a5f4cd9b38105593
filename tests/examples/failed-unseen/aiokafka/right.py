# SPDX-License-Identifier: Apache-2.0
"""Awaits every future.

run: --broker-rtt 1
"""
import asyncio
import sys

from aiokafka import AIOKafkaProducer


async def main():
    producer = AIOKafkaProducer(bootstrap_servers=sys.argv[1])
    await producer.start()
    # --8<--
    try:
        sent = [await producer.send("orders", b"order %d" % order) for order in range(100)]
        await asyncio.gather(*sent)  # raises what the broker said
    finally:
        await producer.stop()
    # --8<--


asyncio.run(main())
