# SPDX-License-Identifier: Apache-2.0
# The same, without what waits.
import asyncio
import sys

import security
from confluent_kafka.aio import AIOProducer


async def main():
    p = AIOProducer({"bootstrap.servers": sys.argv[1], **security.librdkafka()})
    for number in range(int(sys.argv[3])):
        await p.produce(sys.argv[2], value=b"%d" % number)


asyncio.run(main())
