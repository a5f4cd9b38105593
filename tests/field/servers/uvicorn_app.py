# SPDX-License-Identifier: Apache-2.0
"""An application of FastAPI that produces with aiokafka: served by uvicorn.

Of the environment: BROKER, TOPIC, and MODE, "stop" to stop the producer at the end.
"""
import contextlib
import os

import aiokafka
import fastapi

producer = None


@contextlib.asynccontextmanager
async def lifespan(app):
    global producer
    producer = aiokafka.AIOKafkaProducer(bootstrap_servers=os.environ["BROKER"], linger_ms=200)
    await producer.start()
    yield
    if os.environ["MODE"] == "stop":
        await producer.stop()


app = fastapi.FastAPI(lifespan=lifespan)


@app.get("/order")
async def order():
    await producer.send(os.environ["TOPIC"], b"an order")
    return "ok"
