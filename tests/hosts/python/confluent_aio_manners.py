# SPDX-License-Identifier: Apache-2.0
"""confluent-kafka's AIOProducer: looks for what a guest could have left behind.

confluent_aio_manners.py BOOTSTRAP [COUNT]

Prints the same with and without one: no object is leaked, no reference kept, no
module imported, and what goes wrong goes wrong in the same way.
"""
import asyncio
import gc
import inspect
import logging
import sys

try:
    from confluent_kafka.aio import AIOProducer
except ImportError:  # 2.12
    from confluent_kafka.experimental.aio import AIOProducer

count = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
logging.disable(logging.CRITICAL)  # futures whose errors nobody asks for
topic, value, key = "stories", b"value" * 20, "key"


async def produce(producer):
    for _ in range(count):
        await producer.produce(topic, value, key=key)
    await producer.flush()
    future = await producer.produce(topic, value=value, key=key)
    await producer.flush()
    await future
    gc.collect()


def held(producer):
    """How much there is: of memory, of references to None, and to these."""
    return [sys.getallocatedblocks(), sys.getrefcount(None)] + [
        sys.getrefcount(thing) for thing in (topic, value, key, producer)]


def grown(growth, allowed):
    """A leak grows with every round; what the client keeps comes and goes."""
    return "kept" if min(growth) <= allowed else "grown by %s" % growth


async def main():
    modules = set(sys.modules)
    producer = AIOProducer({"bootstrap.servers": sys.argv[1]})
    rounds = []
    for _ in range(5):
        await produce(producer)
        rounds.append(held(producer))
    growth = [[after - before for before, after in zip(one, one[1:])] for one in zip(*rounds)]
    print("blocks", grown(growth[0], count // 10))
    print("None", grown(growth[1], count // 10))
    print("references", [grown(one, 5) for one in growth[2:]])
    print("modules", sorted(name for name in set(sys.modules) - modules if "kafka" not in name))
    for name in ("produce", "flush", "purge", "close"):
        method = getattr(AIOProducer, name)
        print(name, method.__qualname__, inspect.signature(method),
              inspect.iscoroutinefunction(method))
    for wrong in (dict(nonsense=1), dict(topic=7), dict(topic=topic, value=7),
                  dict(topic=topic, headers={}), dict(topic=topic, partition=1 << 40)):
        try:
            future = await producer.produce(**wrong)
            await producer.flush()
            await asyncio.wait_for(future, 10)
        except BaseException as error:
            print(type(error).__name__)
        await producer.purge()
    manager = producer._batch_processor
    try:
        manager.add_message()
    except TypeError:
        print("TypeError")
    print(len(producer._producer), manager.get_buffer_size())
    future = await producer.produce(topic, value, key=key)
    await producer.purge()
    print("cancelled", future.cancelled())
    await producer.close()


asyncio.run(main())
