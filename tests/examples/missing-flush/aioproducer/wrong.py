# SPDX-License-Identifier: Apache-2.0
"""Ends with what it produced still in memory.

At its end Python destroys the producer, so that this is what is found.

raises: destroy-without-flush
run: --broker-rtt 1000
"""
import asyncio
import sys

from confluent_kafka.aio import AIOProducer


# --8<--
async def main():
    producer = AIOProducer({"bootstrap.servers": sys.argv[1]})
    for order in range(100):
        await producer.produce("orders", value=b"order %d" % order)
    # nothing waits: produce() is done when the order is in memory
# --8<--


asyncio.run(main())
