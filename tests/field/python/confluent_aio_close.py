# SPDX-License-Identifier: Apache-2.0
# The asyncio producer of confluent-kafka's README.
import asyncio
import sys

import security
from confluent_kafka.aio import AIOProducer


async def main():
    p = AIOProducer({"bootstrap.servers": sys.argv[1], **security.librdkafka()})
    try:
        for number in range(int(sys.argv[3])):
            # produce() returns a Future; first await the coroutine to get the Future,
            # then await the Future to get the delivered Message.
            await p.produce(sys.argv[2], value=b"%d" % number)
        await p.flush()
    finally:
        await p.close()


asyncio.run(main())
