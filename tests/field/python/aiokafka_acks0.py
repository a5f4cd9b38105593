# SPDX-License-Identifier: Apache-2.0
# No message is acknowledged, and none is left behind: flushed and stopped.
import asyncio
import sys

import security
from aiokafka import AIOKafkaProducer


async def send_many():
    producer = AIOKafkaProducer(bootstrap_servers=sys.argv[1], acks=0, **security.aiokafka())
    await producer.start()
    for _ in range(int(sys.argv[3])):
        await producer.send(sys.argv[2], b"Super message")
    await producer.flush()
    await producer.stop()


asyncio.run(send_many())
