# SPDX-License-Identifier: Apache-2.0
"""stopped.py - the broker stops, what is sent from then on is written, and the program dies

    stopped.py CLIENT BROKER TOPIC COUNT ACKS

CLIENT is confluent, kafka_python or aiokafka. One message is delivered first. With
ACKS 0 nothing is ever answered: the program then flushes and ends, and what the
broker's TCP did not take is still in the kernel.
"""
import asyncio
import os
import signal
import sys
import time

import security

CLIENT, BROKER, TOPIC, COUNT, ACKS = sys.argv[1:]
VALUE = b"x" * 1000
MORE = int(COUNT) - 1
SOON = 1  # seconds in which all of them are written


def broker_stops():
    os.kill(int(os.environ["FIELD_BROKER_PID"]), signal.SIGSTOP)


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
