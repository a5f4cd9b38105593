# SPDX-License-Identifier: Apache-2.0
"""Stops the producer, also after an exception.

run: --broker-rtt 400
"""
import asyncio
import sys

from aiokafka import AIOKafkaProducer


# --8<--
async def main():
    producer = AIOKafkaProducer(bootstrap_servers=sys.argv[1])
    await producer.start()
    try:
        for order in range(100):
            await producer.send("orders", b"order %d" % order)
    finally:
        await producer.stop()  # waits for all of them
# --8<--


asyncio.run(main())
