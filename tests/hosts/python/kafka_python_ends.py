# SPDX-License-Identifier: Apache-2.0
"""kafka-python: produces as a script does, and ends in one of many ways.

kafka_python_ends.py BOOTSTRAP ENDING COUNT [SETTING=VALUE...]

The producer is a global: nobody closes it but Python's atexit.
"""
import ctypes
import functools
import os
import signal
import sys
import threading
import time
import weakref

from kafka import KafkaProducer
from kafka.errors import KafkaTimeoutError

ending = sys.argv[2]
count = int(sys.argv[3])
settings = {}
for setting in sys.argv[4:]:
    name, value = setting.split("=")
    settings[name] = int(value) if value.lstrip("-").isdigit() else value

if ending == "refused":  # nobody is there, and none is asked for its version
    settings.update(api_version=(0, 11), max_block_ms=300)
if ending.startswith("switched"):
    settings["value_serializer"] = lambda order: order.text

full = False


def serialize(value):
    if full:
        raise OverflowError("not now")
    if value == b"killed":
        os.kill(os.getpid(), signal.SIGKILL)
    return value.encode() if isinstance(value, str) else value


if ending in ("refused_again", "in_send"):
    settings["value_serializer"] = serialize

send_code = KafkaProducer.send.__code__
producer = KafkaProducer(bootstrap_servers=sys.argv[1], **settings)


# These look at futures after they have got them; the others let go of them.
watching = ("get_last_kept", "failed", "is_done", "callbacks", "keep", "inside_kept")
served = []


class Order:
    """Dies as the last thing that a call of send() does: then a signal arrives, and the
    client's thread has its turn before what send() gave back is dropped, or kept."""
    raise_signal = ctypes.PyDLL(None)["raise"]
    raise_signal.argtypes = [ctypes.c_int, ctypes.py_object]

    def __init__(self, number):
        self.text = b"order %d" % number
        Order.last = weakref.ref(self, functools.partial(Order.raise_signal, signal.SIGUSR1))


def pass_on(number):
    return producer.send("stories", Order(number))


def produce(first, last):
    futures = []
    for number in range(first, last):
        if ending == "switched":
            producer.send("stories", Order(number))
        elif ending == "switched_passed":
            pass_on(number)
        elif ending == "switched_kept":
            futures.append(producer.send("stories", Order(number)))
        elif ending in watching:
            futures.append(producer.send("stories", b"order %d" % number))
            if ending == "callbacks":
                futures.pop().add_callback(served.append)
        elif ending == "get_each":
            producer.send("stories", b"order %d" % number).get(timeout=10)
        elif ending == "errback":
            producer.send("stories", b"order %d" % number).add_errback(lambda error: None)
        else:
            producer.send("stories", b"order %d" % number)
    return futures


def sleep():
    """Until everything has arrived, seen where no program should look: it is no wait."""
    while producer._accumulator._incomplete.all():
        time.sleep(0.01)


def is_written():
    """Nothing is left to send, and the client's thread waits for answers."""
    if any(producer._accumulator._batches.values()):
        return False
    waits = sys._current_frames()[producer._sender.ident].f_code.co_name == "select"
    return waits and not any(getattr(each, "_send_buffer", None)
                             for each in producer._sender._client._conns.values())


def done_inside(frame, event, _):
    """The client's thread has its turn when send() is about to return."""
    if event == "return" and frame.f_code is send_code:
        sleep()


if ending.startswith("inside"):
    sys.setprofile(done_inside)
    futures = produce(0, count)
    sys.setprofile(None)
elif ending.startswith("switched"):
    signal.signal(signal.SIGUSR1, lambda *_: sleep())
    futures = produce(0, count)
    sleep()
elif ending == "threads":
    threads = [threading.Thread(target=produce, args=(i * count // 4, (i + 1) * count // 4))
               for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    producer.flush()
elif ending == "refused":
    for number in range(count):
        try:
            producer.send("stories", b"order %d" % number)
        except KafkaTimeoutError:
            print("refused")
elif ending == "many":  # a producer for each message
    producers = [KafkaProducer(bootstrap_servers=sys.argv[1], api_version=(0, 11))
                 for _ in range(count)]
    for each in producers:
        each.send("stories", b"order")
    for each in producers:
        each.flush()
    for each in producers:
        each.close()
elif ending == "in_thread":  # the main thread waits for it all the time
    worker = threading.Thread(target=produce, args=(0, count))
    worker.start()
    worker.join()
elif ending == "fork":  # the child has no thread that would send
    produce(0, count)
    producer.flush()
    if os.fork() == 0:
        produce(0, 10)
        os._exit(0)
    os.wait()
else:
    if ending in ("commit", "abort", "open", "open_unsent"):
        producer.init_transactions()
        producer.begin_transaction()
    futures = produce(0, count)

if ending == "flush":
    producer.flush()
elif ending == "flush_more":
    producer.flush()
    produce(count, count + 10)
elif ending == "in_send":
    producer.flush()
    producer.send("stories", b"killed")
elif ending == "flush_interrupted":  # the handler of a signal raises in the middle of it
    def interrupt(*_):
        raise InterruptedError

    signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        producer.flush()
    except InterruptedError:
        os._exit(0)  # without the client's own close at exit
elif ending == "flush_gives_up":
    try:
        producer.flush(timeout=0.5)
    except Exception as error:
        print("flush:", type(error).__name__)
        os._exit(0)
elif ending == "close":
    producer.close()
elif ending == "close_soon":
    producer.close(timeout=0)
elif ending == "close_timeout":
    producer.close(timeout=10)
elif ending == "close_raises":  # as a sender does that has ended before it is woken
    sender = producer._sender
    wakeup = sender.wakeup

    def wakeup_late():
        wakeup()
        if not sender._running:
            sender.join()
            sender.wakeup = wakeup
            raise OSError("the sender is not there any more")

    sender.wakeup = wakeup_late
    try:
        producer.close()
    except OSError:
        pass
elif ending == "flush_meets":  # another thread's message comes while it waits, and arrives
    await_completion = producer._accumulator.await_flush_completion

    def await_more(timeout=None):
        await_completion(timeout)
        produce(count, count + 1)
        sleep()

    producer._accumulator.await_flush_completion = await_more
    producer.flush()
elif ending == "close_meets":  # the same: the last one that is taken
    initiate_close = producer._sender.initiate_close

    def initiate_late():
        produce(count, count + 1)
        initiate_close()

    producer._sender.initiate_close = initiate_late
    producer.close()
elif ending == "close_wrong":  # an exception before anything was waited for
    sleep()
    try:
        producer.close(timeout=-1)
    except AssertionError:
        os._exit(1)  # 2.0.2 would wait in __del__
elif ending == "failed":
    while any(not future.succeeded() and not future.failed() for future in futures):
        time.sleep(0.01)
elif ending == "is_done":
    while not all(future.is_done for future in futures):
        time.sleep(0.01)
elif ending == "callbacks":
    while len(served) < count:
        time.sleep(0.01)
elif ending == "written":  # and not answered: the broker answers nothing
    while not is_written():
        time.sleep(0.01)
    time.sleep(1)  # for the broker to read them: to end with bytes unread resets them
    os._exit(0)
elif ending == "sleep":  # everything arrives, and nothing waits for it
    sleep()
elif ending == "commit":
    producer.commit_transaction()
elif ending == "abort":
    producer.abort_transaction()
elif ending == "open":
    producer.flush()
    os._exit(0)
elif ending == "open_unsent":
    os._exit(0)
elif ending == "del":
    del producer
elif ending == "flush_kill":
    producer.flush()
    os.kill(os.getpid(), signal.SIGKILL)
elif ending == "get_last":  # of each partition the last: all that went before it is done
    for partition in range(4):
        producer.send("stories", b"last", partition=partition).get(timeout=10)
elif ending == "errback":
    producer.flush()
elif ending == "too_large":
    try:
        producer.send("stories", b"x" * (2 << 20))
    except Exception as error:
        print("refused:", type(error).__name__)
    producer.flush()
elif ending == "refused_again":  # an equal text, made anew
    full = True
    try:
        producer.send("stories", "order %d" % count)
    except OverflowError as error:
        print("refused:", error)
    full = False
    producer.send("stories", "order %d" % count)
    producer.flush()
elif ending == "raise":
    raise RuntimeError("nobody catches this")
elif ending == "exit":
    sys.exit(7)
elif ending == "_exit":
    os._exit(7)
elif ending.startswith("SIG"):
    os.kill(os.getpid(), getattr(signal, ending))
    signal.pause()
