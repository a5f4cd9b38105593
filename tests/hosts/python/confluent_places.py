# SPDX-License-Identifier: Apache-2.0
"""confluent-kafka: produces from every kind of place that Python code has.

confluent_places.py BOOTSTRAP
"""
import _thread
import asyncio
import functools
import sys
import threading
import time

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": sys.argv[1]})


def plain():
    producer.produce("stories", b"plain")  # produces 11


anonymous = lambda: producer.produce("stories", b"lambda")  # noqa: E731 # produces 10


def generator():
    while True:
        producer.produce("stories", b"generator")  # produces 10
        yield


class Place:
    def method(self):
        producer.produce("stories", b"method")  # produces 10

    def __del__(self):
        producer.produce("stories", b"finalizer")  # produces 1


async def coroutine():
    await asyncio.sleep(0)
    producer.produce("stories", b"coroutine")  # produces 1


steps = generator()
place = Place()
for _ in range(10):
    plain()
    anonymous()
    next(steps)
    place.method()
    try:
        raise ValueError
    except ValueError:
        producer.produce("stories", b"handler")  # produces 10
try:
    del place
    raise KeyError
except KeyError:
    pass
thread = threading.Thread(target=plain)
thread.start()
thread.join()
# A thread whose only function is native: no Python code is on its stack.
_thread.start_new_thread(producer.produce, ("stories", b"native"))  # produces 1 natively
time.sleep(0.3)
list(map(functools.partial(producer.produce, "stories"), [b"mapped"] * 10))  # produces 10
# Code that is gone when the next one is made, maybe at the same place in memory.
for number in range(5):
    exec(compile("producer.produce('stories', b'cell')", "cell", "exec"))  # produces 5
asyncio.run(coroutine())
try:
    producer.produce("stories", b"two"), producer.produce("stories", b"calls")  # produces 2
finally:
    sys.exit(producer.flush(30))
