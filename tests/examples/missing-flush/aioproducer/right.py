# SPDX-License-Identifier: Apache-2.0
"""Awaits every future, and closes the producer.

run: --broker-rtt 400
"""
import asyncio
import sys

from confluent_kafka.aio import AIOProducer


# --8<--
async def main():
    producer = AIOProducer({"bootstrap.servers": sys.argv[1]})
    try:
        sent = [await producer.produce("orders", value=b"order %d" % order)
                for order in range(100)]
        await producer.flush()
        await asyncio.gather(*sent)  # raises what became of an order that failed
    finally:
        await producer.close()
# --8<--


asyncio.run(main())
