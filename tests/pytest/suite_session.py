# SPDX-License-Identifier: Apache-2.0
"""suite_session.py - producers that live longer than a test: a session's, a module's of its own"""
import atexit
import os

import pytest
from confluent_kafka import Producer

MODE = os.environ["MODE"]


def make():
    return Producer({"bootstrap.servers": "localhost:9092", "linger.ms": 60000})


GLOBAL = make() if MODE.startswith("global") else None
if MODE == "global-kept":
    atexit.register(GLOBAL.flush)


@pytest.fixture(scope="session")
def session_producer():
    if GLOBAL is not None:  # its truth is how many messages it holds
        yield GLOBAL
        return
    producer = make()
    yield producer
    if MODE == "kept":
        producer.flush()


def test_first(session_producer):
    session_producer.produce("orders", b"x")


def test_second(session_producer):
    pass


@pytest.mark.xfail
def test_last():
    assert not "what it expects"
