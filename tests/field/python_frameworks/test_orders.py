# SPDX-License-Identifier: Apache-2.0
"""test_orders.py - tests that produce: their session's fixture flushes the producer, or not

Of the environment: BROKER, TOPIC, and ENDING, "flush" or "none". Run by pytest, and with xdist
in its workers, each of which has a session of its own.
"""
import os

import pytest
from confluent_kafka import Producer


@pytest.fixture(scope="session")
def producer():
    producer = Producer({"bootstrap.servers": os.environ["BROKER"], "linger.ms": 60000})
    yield producer
    if os.environ["ENDING"] == "flush":
        producer.flush()


@pytest.mark.parametrize("number", range(10))
def test_order(producer, number):
    for _ in range(5):
        producer.produce(os.environ["TOPIC"], b"%d" % number)
