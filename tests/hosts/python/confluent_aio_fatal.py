# SPDX-License-Identifier: Apache-2.0
"""confluent-kafka's AIOProducer meets a fatal error: how its flush() ends.

confluent_aio_fatal.py BOOTSTRAP

The broker answers the first Produce with an error that ends an idempotent producer. The
client raises that, and then goes on with the exception pending: what comes of it is printed,
the same with and without a guest.
"""
import asyncio
import logging
import re
import sys

try:
    from confluent_kafka.aio import AIOProducer
except ImportError:  # 2.12
    from confluent_kafka.experimental.aio import AIOProducer

logging.disable(logging.CRITICAL)  # futures whose errors nobody asks for


async def main():
    producer = AIOProducer({"bootstrap.servers": sys.argv[1], "enable.idempotence": True,
                            "log_level": 0, "linger.ms": 100})
    for number in range(20):
        await producer.produce("stories", value=b"%d" % number, partition=0)
    try:
        await producer.flush()
        print("flush: nothing was raised")
    except BaseException as error:
        print(type(error).__name__, re.sub("0x[0-9a-f]+|[0-9]+", "#", str(error)))
    await producer.close()


asyncio.run(main())
