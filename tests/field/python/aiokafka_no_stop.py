# SPDX-License-Identifier: Apache-2.0
# The same, without the stop() that "must be called".
import asyncio
import sys

import security
from aiokafka import AIOKafkaProducer


async def send_many():
    producer = AIOKafkaProducer(bootstrap_servers=sys.argv[1], **security.aiokafka())
    # Get cluster layout and initial topic/partition leadership information
    await producer.start()
    for _ in range(int(sys.argv[3])):
        # Produce message
        await producer.send(sys.argv[2], b"Super message")


asyncio.run(send_many())
