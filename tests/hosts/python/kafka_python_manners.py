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


def held():
    """How much there is: of memory, of references to None, and to these."""
    return [sys.getallocatedblocks(), sys.getrefcount(None)] + [
        sys.getrefcount(thing) for thing in (topic, value, key, producer)]


def grown(growth, allowed):
    """A leak grows with every round; what the client keeps comes and goes."""
    return "kept" if min(growth) <= allowed else "grown by %s" % growth


rounds = []
for _ in range(5):
    produce()
    rounds.append(held())
growth = [[after - before for before, after in zip(one, one[1:])] for one in zip(*rounds)]
print("blocks", grown(growth[0], count // 10))
print("None", grown(growth[1], count // 10))
print("references", [grown(one, 5) for one in growth[2:]])
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
