# SPDX-License-Identifier: Apache-2.0
"""stopped.py - the broker stops, what is sent from then on is written, and the program dies

    stopped.py CLIENT BROKER TOPIC COUNT ACKS

CLIENT is confluent, kafka_python or aiokafka. One message is delivered first. With
ACKS 0 nothing is ever answered: the program then flushes and ends, and what the
broker's TCP did not take is still in the kernel. Else all are in the first request:
some clients have only one on its way, and the rest would not be written.
"""
import asyncio
import glob
import os
import signal
import sys
import time

import security

CLIENT, BROKER, TOPIC, COUNT, ACKS = sys.argv[1:]
VALUE = b"x" * (1000 if ACKS == "0" else 100)
MORE = int(COUNT) - 1
SOON = 1  # seconds in which all of them are written


def stopped(thread):
    try:
        with open(thread + "/stat") as file:
            return file.read().rpartition(")")[2].split()[0] == "T"
    except OSError:
        return True


def broker_stops():
    """When this returns: on a busy machine its threads run on for a while."""
    pid = os.environ["FIELD_BROKER_PID"]
    os.kill(int(pid), signal.SIGSTOP)
    while not all(stopped(thread) for thread in glob.glob("/proc/%s/task/*" % pid)):
        time.sleep(0.001)


def end():
    os._exit(0)


def confluent():
    from confluent_kafka import Producer
    producer = Producer({"bootstrap.servers": BROKER, "acks": ACKS, "linger.ms": 5,
                         **security.librdkafka()})
    producer.produce(TOPIC, VALUE)
    producer.flush(10)
    broker_stops()
    for _ in range(MORE):
        producer.produce(TOPIC, VALUE)
    if ACKS == "0":
        producer.flush(10)
    time.sleep(SOON)
    end()


def kafka_python():
    from kafka import KafkaProducer
    producer = KafkaProducer(bootstrap_servers=BROKER, acks=0 if ACKS == "0" else "all",
                             linger_ms=5, **security.kafka_python())
    producer.send(TOPIC, VALUE).get(10)
    if ACKS == "0":  # done before it is written, and its connection may be one that goes
        time.sleep(SOON)
    broker_stops()
    for _ in range(MORE):
        producer.send(TOPIC, VALUE)
    if ACKS == "0":
        producer.flush(10)
    time.sleep(SOON)
    end()


async def aiokafka():
    from aiokafka import AIOKafkaProducer
    producer = AIOKafkaProducer(bootstrap_servers=BROKER, acks=0 if ACKS == "0" else "all",
                                linger_ms=5, **security.aiokafka())
    await producer.start()
    await producer.send_and_wait(TOPIC, VALUE)
    broker_stops()
    for _ in range(MORE):
        await producer.send(TOPIC, VALUE)
    if ACKS == "0":
        await producer.flush()
    await asyncio.sleep(SOON)
    end()


if CLIENT == "aiokafka":
    asyncio.run(aiokafka())
else:
    {"confluent": confluent, "kafka_python": kafka_python}[CLIENT]()
