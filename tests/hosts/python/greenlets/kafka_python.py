# SPDX-License-Identifier: Apache-2.0
"""kafka-python: greenlets of one thread produce, each in the middle of others' calls.

greenlets/kafka_python.py BOOTSTRAP gevent|eventlet ENDING COUNT

Each send() lets the others run, for its serializer sleeps: so they do not nest. The client's own
thread is a greenlet, too. Two functions produce, in turns.
"""
import os
import sys
import time

library, ending, count = sys.argv[2], sys.argv[3], int(sys.argv[4])
if library == "gevent":
    import gevent
    from gevent import monkey

    monkey.patch_all()
    spawn, sleep, kill = gevent.spawn, gevent.sleep, gevent.kill
    join = gevent.Greenlet.join
else:
    import eventlet

    eventlet.monkey_patch()
    spawn, sleep, kill = eventlet.spawn, eventlet.sleep, eventlet.kill

    def join(thread):
        try:
            thread.wait()
        except BaseException as error:
            if type(error).__name__ != "GreenletExit":
                raise

from kafka import KafkaProducer
from kafka.errors import KafkaTimeoutError

inside = 0
stuck = False


def serialize(value):
    """Others run meanwhile; some messages get no further."""
    global inside
    inside += 1
    while stuck and value.startswith(b"stuck"):
        sleep(0.01)
    sleep(0)
    if value.startswith(b"outer"):  # these do nest
        producer.send("stories", b"inner of %s" % value)
    inside -= 1
    if value.startswith(b"refused"):
        raise OverflowError(value)
    return value


settings = {"linger_ms": 60000} if ending in ("forget", "directly_forget") else {}
producer = KafkaProducer(bootstrap_servers=sys.argv[1], value_serializer=serialize, **settings)


def alpha(number):
    producer.send("stories", b"alpha %d" % number)


def beta(number):
    producer.send("stories", b"beta %d" % number)


def refused(number):
    try:
        producer.send("stories", b"refused %d" % number)
    except OverflowError:
        pass


def waits(number):
    producer.send("stories", b"waits %d" % number).get(timeout=30)


def outer(number):
    producer.send("stories", b"outer %d" % number)


def told(_):
    sleep(0)


def errback(number):
    producer.send("stories", b"errback %d" % number).add_errback(told)


def callback(number):
    producer.send("stories", b"callback %d" % number).add_callback(told)


def held(number):
    producer.send("stories", b"stuck %s" % str(number).encode())


def orders(*functions, first=0):
    return [spawn(functions[number % len(functions)], number)
            for number in range(first, first + count)]


def join_all(greenlets):
    for greenlet in greenlets:
        join(greenlet)


if ending.startswith("directly"):  # no line of Python's is below send()
    join_all([spawn(producer.send, "stories", b"order %d" % number) for number in range(count)])
elif ending == "refused":
    join_all(orders(alpha, refused))
elif ending == "get":
    join_all(orders(alpha, waits, beta))
    producer.flush()
elif ending in ("killed", "in_send"):  # as many are left inside send() as have come out
    stuck = True
    greenlets = orders(held)
    join_all(orders(alpha))
    producer.flush()
    while inside < count:
        sleep(0.01)
    if ending == "in_send":
        os._exit(0)
    for greenlet in greenlets:
        kill(greenlet)
    join_all(greenlets)
elif ending == "flushes":  # one waits, others begin to send, and end, meanwhile
    join_all(orders(alpha))
    flush = spawn(producer.flush)
    later = orders(beta, first=count)
    join(flush)
    join_all(later)
elif ending == "closes":  # another's flush() is its own, whoever closes meanwhile
    initiate_close = producer._sender.initiate_close

    def initiate_late():
        join(spawn(producer.flush))
        initiate_close()

    producer._sender.initiate_close = initiate_late
    join_all(orders(alpha, beta))
elif ending in ("callbacks", "errbacks"):  # others run before a batch has told all
    join_all(orders(callback if ending == "callbacks" else errback))
    join_all(orders(alpha, beta) if ending == "callbacks" else orders(errback))
elif ending == "busy":  # the first waits inside send(), and another uses the processor
    stuck = True
    slow = spawn(held, "x" * 300000)
    while not inside:
        sleep(0.01)
    began = time.process_time()
    while time.process_time() < began + 0.5:
        pass
    stuck = False
    join(slow)
elif ending == "nested":
    join_all(orders(outer))
elif ending == "wakes":  # a message is in its batch, and its send() is not done yet
    wakeup = producer._sender.wakeup

    def wakeup_late():
        sleep(0)
        wakeup()

    producer._sender.wakeup = wakeup_late
    join_all(orders(alpha, beta))
elif ending == "fork":  # the child counts its own, though its parent's were inside send()
    stuck = True
    greenlets = orders(held)
    while inside < count:
        sleep(0.01)
    if os.fork() == 0:
        stuck = False
        for number in range(count):
            producer.send("stories", b"child %d" % number)
        os._exit(0)
    os.wait()
    stuck = False
    join_all(greenlets)
else:
    join_all(orders(alpha, beta))

if ending == "sleep":  # everything arrives, and nothing waits for it
    while producer._accumulator._incomplete.all():
        sleep(0.01)
    os._exit(0)
if ending in ("forget", "directly_forget"):
    os._exit(0)
producer.flush()
producer.close()
