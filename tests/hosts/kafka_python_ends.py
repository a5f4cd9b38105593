# SPDX-License-Identifier: Apache-2.0
"""kafka-python: produces as a script does, and ends in one of many ways.

kafka_python_ends.py BOOTSTRAP ENDING COUNT [SETTING=NUMBER...]

The producer is a global: nobody closes it but Python's atexit.
"""
import os
import signal
import sys
import threading

from kafka import KafkaProducer

ending = sys.argv[2]
count = int(sys.argv[3])
settings = {}
for setting in sys.argv[4:]:
    name, value = setting.split("=")
    settings[name] = value if value == "all" else int(value)

producer = KafkaProducer(bootstrap_servers=sys.argv[1], **settings)


def produce(first, last):
    future = None
    for number in range(first, last):
        future = producer.send("stories", b"order %d" % number)
        if ending == "get_each":
            future.get(timeout=10)
        elif ending == "errback":
            future.add_errback(lambda error: None)
    return future


if ending == "threads":
    threads = [threading.Thread(target=produce, args=(i * count // 4, (i + 1) * count // 4))
               for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    producer.flush()
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
    last = produce(0, count)

if ending == "flush":
    producer.flush()
elif ending == "flush_more":
    producer.flush()
    produce(count, count + 10)
elif ending == "close":
    producer.close()
elif ending == "close_soon":
    producer.close(timeout=0)
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
elif ending == "raise":
    raise RuntimeError("nobody catches this")
elif ending == "exit":
    sys.exit(7)
elif ending == "_exit":
    os._exit(7)
elif ending.startswith("SIG"):
    os.kill(os.getpid(), getattr(signal, ending))
    signal.pause()
