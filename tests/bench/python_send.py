# SPDX-License-Identifier: Apache-2.0
"""python_send.py - nanoseconds per message of a Python client, from send to flush

python_send.py confluent_kafka|kafka|aiokafka BOOTSTRAP [COUNT [BYTES]]

Processor time of all threads, so that waiting for the broker does not count.
confluent_kafka needs no broker: nobody has to listen at its address.
"""
import asyncio
import sys
import time

client, bootstrap = sys.argv[1:3]
count = int(sys.argv[3]) if len(sys.argv) > 3 else 20000
value = b"v" * (int(sys.argv[4]) if len(sys.argv) > 4 else 100)


def confluent_kafka():
    from confluent_kafka import Producer
    producer = Producer({"bootstrap.servers": bootstrap, "log_level": 0,
                         "queue.buffering.max.messages": 10000000})
    began = time.process_time_ns()
    for _ in range(count):
        producer.produce("stories", value)
    took = time.process_time_ns() - began
    producer.purge()
    return took


def kafka():
    from kafka import KafkaProducer
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    producer.send("stories", value).get(timeout=10)
    began = time.process_time_ns()
    for _ in range(count):
        producer.send("stories", value)
    producer.flush()
    return time.process_time_ns() - began


async def aiokafka_run():
    from aiokafka import AIOKafkaProducer
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    await producer.send_and_wait("stories", value)
    began = time.process_time_ns()
    for _ in range(count):
        await producer.send("stories", value)
    await producer.flush()
    took = time.process_time_ns() - began
    await producer.stop()
    return took


def aiokafka():
    return asyncio.run(aiokafka_run())


print(globals()[client]() / count)
