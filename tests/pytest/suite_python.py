# SPDX-License-Identifier: Apache-2.0
"""suite_python.py - tests with the clients that are written in Python: kafka-python and aiokafka

Each loses by itself (lost_...) or loses nothing (kept_...), as test_pytest.py has it.
"""
import asyncio
import importlib
import os

import pytest

SERVER = "localhost:9092"  # led to the embedded broker


@pytest.fixture(scope="module", params=os.environ["CLIENTS"].split())
def client(request):
    return importlib.import_module(request.param)


def kafka_send(client, count, seconds):
    producer = client.KafkaProducer(bootstrap_servers=SERVER, linger_ms=60000)
    for _ in range(count):
        producer.send("orders", b"x")
    if seconds:
        producer.flush(seconds)
    producer.close(timeout=seconds)  # of kafka-python 2.0: later ones raise at 0


async def aiokafka_send(client, count, seconds):
    # Its flush() does not cut the linger short. Without one it sends at once.
    producer = client.AIOKafkaProducer(bootstrap_servers=SERVER,
                                       linger_ms=0 if seconds else 60000)
    await producer.start()
    for _ in range(count):
        await producer.send("orders", b"x")
    if seconds:
        await asyncio.wait_for(producer.flush(), seconds)
        await producer.stop()


def send(client, count, seconds):
    """Waits so many seconds for what was sent; 0: it is given up, by close() or with the loop."""
    if client.__name__ == "kafka":
        kafka_send(client, count, seconds)
    else:
        asyncio.run(aiokafka_send(client, count, seconds))


def test_kept(client):
    send(client, 5, 30)


def test_lost(client):
    send(client, 3, 0)


def test_kept_after_it(client):
    send(client, 1, 30)


def test_nothing():
    pass
