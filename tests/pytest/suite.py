# SPDX-License-Identifier: Apache-2.0
"""suite.py - tests that lose messages, and such that do not, in each way that test_pytest.py names

The name of a test says what becomes of it: lost_... loses by itself, kept_... loses nothing.
"""
import multiprocessing
import os
import subprocess
import sys
import time

import pytest
from confluent_kafka import Producer

TOPIC = os.environ.get("TOPIC", "orders")


def make():
    # No broker of this address: under --unflushed-broker port 9092 is led to the embedded one.
    return Producer({"bootstrap.servers": "localhost:9092", "linger.ms": 60000})


def lose(count):
    producer = make()
    for _ in range(count):
        producer.produce(TOPIC, b"x")


def keep(count):
    producer = make()
    for _ in range(count):
        producer.produce(TOPIC, b"x")
    assert producer.flush(30) == 0


@pytest.fixture
def flushed():
    producer = make()
    yield producer
    producer.flush()


@pytest.fixture
def forgotten():
    yield make()


def test_kept():
    keep(5)


def test_lost():
    lose(5)


def test_lost_in_a_cycle():
    producer = make()
    cycle = [producer]
    cycle.append(cycle)
    producer.produce(TOPIC, b"x")


def test_kept_by_its_fixture(flushed):
    flushed.produce(TOPIC, b"x")


def test_lost_by_its_fixture(forgotten):
    forgotten.produce(TOPIC, b"x")


@pytest.mark.parametrize("count", [0, 2])
def test_parameter(count):
    if count:
        lose(count)
    else:
        keep(1)


@pytest.mark.unflushed(allow=3, reason="a crash is what it tests")
def test_allowed():
    lose(3)


@pytest.mark.unflushed(allow=3, reason="a crash is what it tests")
def test_lost_more_than_allowed():
    lose(4)


@pytest.mark.unflushed(verdicts=["lost"], reason="a crash is what it tests")
def test_verdict_allowed():
    lose(6)


def test_lost_in_a_subprocess():
    subprocess.run([sys.executable, "-c", "from test_suite import lose; lose(7)"], check=True)


def test_kept_in_a_subprocess():
    subprocess.run([sys.executable, "-c", "from test_suite import keep; keep(7)"], check=True)


@pytest.mark.parametrize("how", ["fork", "spawn"])
def test_lost_in_a_process(how):
    process = multiprocessing.get_context(how).Process(target=lose, args=(8,))
    process.start()
    process.join()


def test_fails_by_itself():
    producer = make()
    producer.produce(TOPIC, b"x")
    assert not "its own failure"


@pytest.mark.skip
def test_skipped():
    lose(1)


def test_skips_and_loses():
    lose(1)
    pytest.skip("its own reason")


@pytest.mark.xfail
def test_expected_to_fail():
    lose(1)


def test_without_kafka():
    assert time.time()
