# SPDX-License-Identifier: Apache-2.0
"""aiokafka: looks for what a guest could have left behind in the interpreter.

aiokafka_manners.py BOOTSTRAP [COUNT]

Prints the same with and without one: no object is leaked, no reference kept, no
module imported, and the methods are what inspect and asyncio expect.
"""
import asyncio
import gc
import inspect
import sys

from aiokafka import AIOKafkaProducer

count = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
topic, value, key = "stories", b"value" * 20, b"key"


async def produce(producer):
    for _ in range(count):
        await producer.send(topic, value, key=key)
    await producer.flush()
    await producer.send_and_wait(topic, value=value, key=key)
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
    producer = AIOKafkaProducer(bootstrap_servers=sys.argv[1])
    await producer.start()
    rounds = []
    for _ in range(5):
        await produce(producer)
        rounds.append(held(producer))
    growth = [[after - before for before, after in zip(one, one[1:])] for one in zip(*rounds)]
    print("blocks", grown(growth[0], count // 10))
    print("None", grown(growth[1], count // 10))
    print("references", [grown(one, 5) for one in growth[2:]])
    print("modules", sorted(name for name in set(sys.modules) - modules if "kafka" not in name))
    for name in ("send", "send_and_wait", "flush", "stop"):
        method = getattr(AIOKafkaProducer, name)
        print(name, method.__qualname__, method.__module__, inspect.signature(method),
              inspect.iscoroutinefunction(method), asyncio.iscoroutine(method))
    for wrong in (dict(nonsense=1), dict(topic=topic)):
        try:
            await producer.send(**wrong)
        except (TypeError, AssertionError) as error:
            print(type(error).__name__, error)
    try:
        await asyncio.wait_for(producer.send_and_wait(topic, value), 0)
    except asyncio.TimeoutError:
        print("timed out")
    await asyncio.create_task(producer.flush())
    await producer.stop()
    try:
        await producer.send(topic, value)
    except Exception as error:
        print(type(error).__name__)


asyncio.run(main())
