# SPDX-License-Identifier: Apache-2.0
"""A WSGI application that produces with kafka-python: served by gunicorn.

Of the environment: BROKER and TOPIC. The producer is made in the worker that uses it.
"""
import os

import kafka

producer = None


def app(environ, start_response):
    global producer
    if producer is None:
        producer = kafka.KafkaProducer(bootstrap_servers=os.environ["BROKER"], linger_ms=200)
    producer.send(os.environ["TOPIC"], b"an order")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]
