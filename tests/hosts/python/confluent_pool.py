# SPDX-License-Identifier: Apache-2.0
"""confluent-kafka in the workers of a multiprocessing.Pool, each with a producer of its own.

HOW: terminate (as `with Pool()` ends: the messages are still in the queue), or close (and
join(), and each worker flushes when it ends).

confluent_pool.py BOOTSTRAP HOW
"""
import multiprocessing
import multiprocessing.util
import sys

from confluent_kafka import Producer

bootstrap, how = sys.argv[1:3]
producer = None


def begin():
    global producer
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 60000})
    if how == "close":
        multiprocessing.util.Finalize(None, producer.flush, exitpriority=1)


def work(number):
    producer.produce("stories", b"%d" % number)


if __name__ == "__main__":
    pool = multiprocessing.get_context("fork").Pool(2, begin)
    pool.map(work, range(100))
    if how == "close":
        pool.close()
        pool.join()
    else:
        pool.terminate()
