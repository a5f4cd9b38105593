# SPDX-License-Identifier: Apache-2.0
"""aiokafka: produces as a script does, and ends in one of many ways.

aiokafka_ends.py BOOTSTRAP ENDING COUNT [SETTING=VALUE...]
"""
import asyncio
import os
import signal
import sys

from aiokafka import AIOKafkaProducer

ending = sys.argv[2]
count = int(sys.argv[3])
settings = {}
for setting in sys.argv[4:]:
    name, value = setting.split("=")
    settings[name] = int(value) if value.lstrip("-").isdigit() else value


async def produce(producer, first, last):
    futures = []
    for number in range(first, last):
        future = await producer.send("stories", b"order %d" % number)
        if ending in ("gather", "keep", "wait_for_last"):
            futures.append(future)
    return futures


async def sleep(producer):
    """Until everything has arrived, seen where no program should look: it is no wait."""
    kept = producer._message_accumulator
    while kept._batches or kept._pending_batches:
        await asyncio.sleep(0.01)


async def main():
    producer = AIOKafkaProducer(bootstrap_servers=sys.argv[1], **settings)
    await producer.start()
    if ending == "wait_each":
        for number in range(count):
            await producer.send_and_wait("stories", b"order %d" % number)
        return
    if ending == "tasks":
        await asyncio.gather(*[producer.send_and_wait("stories", b"order %d" % number)
                               for number in range(count)])
        return
    if ending == "batch":
        batch = producer.create_batch()
        for number in range(count):
            batch.append(key=None, value=b"order %d" % number, timestamp=None)
        future = await producer.send_batch(batch, "stories", partition=0)
        await future
        return
    if ending in ("commit", "abort", "open"):
        await producer.begin_transaction()
    futures = await produce(producer, 0, count)
    if ending in ("commit", "abort"):
        await getattr(producer, ending + "_transaction")()
        await producer.stop()
    elif ending == "open":
        await producer.flush()
        os._exit(0)
    elif ending == "stop":
        await producer.stop()
    elif ending == "flush":
        await producer.flush()
    elif ending == "flush_more":
        await producer.flush()
        await produce(producer, count, count + 10)
    elif ending == "gather":
        await asyncio.gather(*futures)
    elif ending == "flush_late":  # nothing is left to wait for
        await sleep(producer)
        await producer.flush()
    elif ending == "too_large":
        try:
            await producer.send("stories", b"x" * (2 << 20))
        except Exception as error:
            print("refused:", type(error).__name__)
        await producer.stop()
    elif ending == "fork":  # what sends is a task of the parent's loop
        await producer.flush()
        if os.fork() == 0:
            asyncio.set_event_loop(None)
            asyncio.run(produce(producer, 0, 10))
            os._exit(0)
        os.wait()
        await producer.stop()
    elif ending == "sleep":
        await sleep(producer)
    elif ending == "raise":
        raise RuntimeError("nobody catches this")
    elif ending == "exit":
        sys.exit(7)
    elif ending == "_exit":
        os._exit(7)
    elif ending.startswith("SIG"):
        os.kill(os.getpid(), getattr(signal, ending))
        signal.pause()


asyncio.run(main())
