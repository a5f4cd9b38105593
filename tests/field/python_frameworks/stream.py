# SPDX-License-Identifier: Apache-2.0
"""stream.py - FastStream's producers: those of aiokafka and of confluent-kafka

    stream.py BROKER TOPIC COUNT aiokafka|confluent publish|stop|none

publish: each message is waited for; stop and none: none is (no_confirm), and the broker object
is stopped at the end, or left.
"""
import asyncio
import sys

broker, topic, count, client, ending = sys.argv[1:6]
if client == "aiokafka":
    from faststream.kafka import KafkaBroker
else:
    from faststream.confluent import KafkaBroker


async def main():
    linger_ms = 60000 if ending == "none" else 0
    stream = KafkaBroker(broker, linger_ms=linger_ms)
    await stream.connect()
    for number in range(int(count)):
        await stream.publish(b"%d" % number, topic, no_confirm=ending != "publish")
    if ending == "stop":
        await stream.close()


asyncio.run(main())
