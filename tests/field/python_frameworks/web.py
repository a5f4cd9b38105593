# SPDX-License-Identifier: Apache-2.0
"""web.py - an application of FastAPI that produces with confluent-kafka

Of the environment: BROKER, TOPIC, and MODE, "stop" to flush behind the yield of its lifespan.
"""
import contextlib
import os

import fastapi
from confluent_kafka import Producer


@contextlib.asynccontextmanager
async def lifespan(app):
    app.state.producer = Producer({"bootstrap.servers": os.environ["BROKER"], "linger.ms": 60000})
    yield
    if os.environ["MODE"] == "stop":
        app.state.producer.flush()


app = fastapi.FastAPI(lifespan=lifespan)


@app.get("/order")
async def order():
    app.state.producer.produce(os.environ["TOPIC"], b"an order")
    return "ok"
