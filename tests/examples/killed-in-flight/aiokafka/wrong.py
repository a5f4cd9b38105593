# SPDX-License-Identifier: Apache-2.0
"""Is ended by SIGTERM in the middle of its work.

raises: killed-in-flight
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
    await producer.start()
    try:
        async for order in orders():  # until SIGTERM ends the program at once
            await producer.send("orders", b"order %d" % order)
    finally:
        await producer.stop()  # SIGTERM runs no `finally:`
# --8<--


asyncio.run(main())
