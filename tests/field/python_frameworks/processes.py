# SPDX-License-Identifier: Apache-2.0
"""processes.py - a child of multiprocessing produces, and flushes or does not

    processes.py BROKER TOPIC COUNT fork|spawn flush|return|os_exit|terminate|pool|pool_flush

return: the child's function ends, and so does the child, by os._exit(): atexit does not run
there. terminate: the parent ends the child when that has produced. pool: `with Pool()`, whose
workers keep their producer for the next task; pool_flush: the task flushes.
"""
import multiprocessing
import os
import sys
import time

from confluent_kafka import Producer

broker, topic = sys.argv[1:3]
producer = None


def produce(count):
    global producer
    producer = producer or Producer({"bootstrap.servers": broker, "linger.ms": 60000})
    for number in range(count):
        producer.produce(topic, b"%d" % number)


def child(count, ending, done):
    produce(count)
    if ending == "flush":
        producer.flush()
    if ending == "os_exit":
        os._exit(0)
    if ending == "terminate":
        done.set()
        time.sleep(60)


def task(count, ending):
    produce(count)
    if ending == "pool_flush":
        producer.flush()


def main():
    count, start, ending = int(sys.argv[3]), *sys.argv[4:6]
    context = multiprocessing.get_context(start)
    if ending.startswith("pool"):
        with context.Pool(1) as pool:
            pool.apply(task, (count, ending))
        return
    done = context.Event()
    process = context.Process(target=child, args=(count, ending, done))
    process.start()
    if ending == "terminate":
        done.wait()
        process.terminate()
    process.join()


if __name__ == "__main__":
    main()
