# SPDX-License-Identifier: Apache-2.0
"""kafka-python for so many seconds, from threads that come and go.

kafka_python_runs_long.py BOOTSTRAP SECONDS: prints {"produced": N, ...}
"""
import json
import sys
import threading
import time

from kafka import KafkaProducer

bootstrap, seconds = sys.argv[1], float(sys.argv[2])
counts = {"produced": 0, "delivered": 0, "failed": 0}
lock = threading.Lock()


def count(what):
    with lock:
        counts[what] += 1


def send_some(producer, number):
    for _ in range(number):
        future = producer.send("stories", b"x" * 200)
        count("produced")
        future.add_callback(lambda _: count("delivered"))
        future.add_errback(lambda _: count("failed"))


def make():
    return KafkaProducer(bootstrap_servers=bootstrap, linger_ms=5)


producer = make()
until, turn = time.time() + seconds, 0
while time.time() < until:
    send_some(producer, 20)
    thread = threading.Thread(target=send_some, args=(producer, 5))
    thread.start()
    thread.join()
    if turn % 100 == 0:
        other = make()
        send_some(other, 5)
        other.flush()
        other.close()
    turn += 1
    time.sleep(0.02)
producer.flush()
producer.close()
print(json.dumps(counts))
