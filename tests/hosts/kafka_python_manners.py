# SPDX-License-Identifier: Apache-2.0
"""kafka-python: looks for what a guest could have left behind in the interpreter.

kafka_python_manners.py BOOTSTRAP [COUNT]

Prints the same with and without one: no object is leaked, no reference kept,
no module imported, and the methods are what inspect expects.
"""
import gc
import inspect
import sys

from kafka import KafkaProducer

count = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
modules = set(sys.modules)
producer = KafkaProducer(bootstrap_servers=sys.argv[1])
topic, value, key = "stories", b"value" * 20, b"key"


def produce():
    for _ in range(count):
        producer.send(topic, value, key=key)
    producer.flush()
    producer.send(topic, value=value, key=key).get(timeout=10)
    gc.collect()


def references():
    return [sys.getrefcount(thing) for thing in (topic, value, key, producer)]


def grown(before, after, allowed):
    return "kept" if after <= before + allowed else "grown by %d" % (after - before)


produce()
produce()
blocks, counts, nothing = sys.getallocatedblocks(), references(), sys.getrefcount(None)
produce()
# Memory of the client's own (metrics, its queues) comes and goes.
print("blocks", grown(blocks, sys.getallocatedblocks(), count // 10))
print("references", [grown(a, b, 5) for a, b in zip(counts, references())])
print("None", grown(nothing, sys.getrefcount(None), count // 10))
print("modules", sorted(name for name in set(sys.modules) - modules if "kafka" not in name))
for name in ("send", "flush", "close"):
    method = getattr(KafkaProducer, name)
    print(name, method.__name__, callable(method), list(inspect.signature(method).parameters)[0])
try:
    producer.send(nonsense=1)
except TypeError as error:
    print("TypeError")
producer.close()
try:
    producer.send(topic, value)
except Exception as error:  # an AssertionError in 2.x, the client's own in 3.x
    print("closed:", type(error).__name__, error)
