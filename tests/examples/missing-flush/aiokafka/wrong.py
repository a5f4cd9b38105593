# SPDX-License-Identifier: Apache-2.0
"""Ends with what it sent still in memory.

raises: missing-flush
run: --broker-rtt 1000
"""
import asyncio
import sys

from aiokafka import AIOKafkaProducer


# --8<--
async def main():
    producer = AIOKafkaProducer(bootstrap_servers=sys.argv[1])
    await producer.start()
    for order in range(100):
        await producer.send("orders", b"order %d" % order)
    # nothing waits: send() is done when the order is in memory
# --8<--


asyncio.run(main())
