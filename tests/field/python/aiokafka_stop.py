# SPDX-License-Identifier: Apache-2.0
# The producer of aiokafka's documentation ("Using the producer").
import asyncio
import sys

import security
from aiokafka import AIOKafkaProducer


async def send_many():
    producer = AIOKafkaProducer(bootstrap_servers=sys.argv[1], **security.aiokafka())
    # Get cluster layout and initial topic/partition leadership information
    await producer.start()
    try:
        for _ in range(int(sys.argv[3])):
            # Produce message
            await producer.send(sys.argv[2], b"Super message")
    finally:
        # Wait for all pending messages to be delivered or expire.
        await producer.stop()


asyncio.run(send_many())
