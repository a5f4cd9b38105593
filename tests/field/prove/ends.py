# SPDX-License-Identifier: Apache-2.0
"""ends.py - produces with one of three clients, waits or not

    ends.py CLIENT BROKER TOPIC WAY     WAY: flush, counts, naps, or awaits (aiokafka)

`counts` waits until all reports are there, without a call that waits; `naps` sleeps until all
should have arrived.
"""
import asyncio
import sys
import threading
import time

COUNT = 50
client, broker, topic, way = sys.argv[1:5]


def confluent():
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": broker})
    told = []
    done = threading.Event()

    def poll():  # as is advised: a thread of its own takes the reports
        while not done.is_set():
            producer.poll(0.1)

    poller = threading.Thread(target=poll, daemon=True)
    poller.start()
    for number in range(COUNT):
        producer.produce(topic, b"%d" % number, on_delivery=lambda *_: told.append(1))
    while way == "counts" and len(told) < COUNT:
        time.sleep(0.01)
    if way == "naps":
        time.sleep(1.5)
    done.set()
    poller.join()
    if way == "flush":
        producer.flush()


def kafka_python():
    from kafka import KafkaProducer

    producer = KafkaProducer(bootstrap_servers=broker)
    told = []
    for number in range(COUNT):
        producer.send(topic, b"%d" % number).add_callback(told.append)
    while way == "counts" and len(told) < COUNT:
        time.sleep(0.01)
    if way == "naps":
        time.sleep(1.5)
    if way == "flush":
        producer.flush()


async def aiokafka():
    from aiokafka import AIOKafkaProducer

    producer = AIOKafkaProducer(bootstrap_servers=broker)
    await producer.start()
    futures = [await producer.send(topic, b"%d" % number) for number in range(COUNT)]
    if way == "awaits":
        await asyncio.gather(*futures)
    if way == "naps":
        await asyncio.sleep(1.5)
    if way == "flush":
        await producer.flush()


if client == "aiokafka":
    asyncio.run(aiokafka())
else:
    {"confluent": confluent, "kafka-python": kafka_python}[client]()
