# SPDX-License-Identifier: Apache-2.0
"""Ends its work on SIGTERM, and stops the producer.

run: --broker-rtt 400
"""
import asyncio
import os
import signal
import sys

from aiokafka import AIOKafkaProducer


async def orders():
    """Without end; a supervisor sends SIGTERM on the way."""
    order = 0
    while True:
        yield order
        order += 1
        if order == 100:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(0)


# --8<--
async def main():
    producer = AIOKafkaProducer(bootstrap_servers=sys.argv[1])
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    await producer.start()
    try:
        async for order in orders():
            await producer.send("orders", b"order %d" % order)
            if stopping.is_set():
                break
    finally:
        await producer.stop()  # waits for all of them
# --8<--


asyncio.run(main())
