# SPDX-License-Identifier: Apache-2.0
"""confluent-kafka's AIOProducer: produces as a script does, and ends in one of many ways.

confluent_aio_ends.py BOOTSTRAP ENDING COUNT [SETTING=VALUE...]
"""
import asyncio
import os
import signal
import sys

try:
    from confluent_kafka.aio import AIOProducer
except ImportError:  # 2.12
    from confluent_kafka.experimental.aio import AIOProducer

ending = sys.argv[2]
count = int(sys.argv[3])
settings = {"bootstrap.servers": sys.argv[1]}
for setting in sys.argv[4:]:
    name, value = setting.split("=")
    settings[name] = value


async def produce(producer, first, last):
    futures = []
    send = producer.produce
    for number in range(first, last):
        future = await send("stories", b"order %d" % number, key=str(number))
        if ending in ("gather", "keep"):
            futures.append(future)
    return futures


if ending == "strange":  # as in a version to come: the class has not what it had
    from confluent_kafka.aio.producer import _producer_batch_processor

    del _producer_batch_processor.ProducerBatchManager.cancel_pending_futures


async def main():
    producer = AIOProducer(settings, buffer_timeout=0.2)
    send = producer.produce
    if ending == "wait_each":
        for number in range(count):
            await (await send("stories", b"order %d" % number))
        return
    if ending == "callbacks":
        done = []
        for number in range(count):
            (await send("stories", b"order %d" % number)).add_done_callback(done.append)
        while len(done) < count:
            await asyncio.sleep(0.1)
        return
    if ending in ("commit", "abort", "open"):
        await producer.init_transactions()
        await producer.begin_transaction()
    futures = await produce(producer, 0, count)
    if ending in ("commit", "abort"):
        await getattr(producer, ending + "_transaction")()
        await producer.close()
    elif ending == "open":
        await producer.flush()
        os._exit(0)
    elif ending in ("close", "strange"):
        await producer.close()
    elif ending == "flush":
        await producer.flush()
    elif ending == "flush_more":
        await producer.flush()
        await produce(producer, count, count + 10)
    elif ending == "purge":
        await producer.purge(in_queue=True, in_flight=True, blocking=True)
        await producer.flush()
    elif ending == "gather":
        await asyncio.gather(*futures)
    elif ending == "keep":
        await asyncio.sleep(1)
    elif ending == "sleep":
        await asyncio.sleep(1)
    elif ending == "too_large":
        try:
            await (await send("stories", b"x" * (2 << 20)))
        except Exception as error:
            print("refused:", type(error).__name__)
        await producer.close()
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
