# SPDX-License-Identifier: Apache-2.0
"""celery_orders.py - a task of Celery that produces; its worker's end flushes, or does not

Of the environment: BROKER, TOPIC, ENDING ("flush" or "none") and QUEUE, the folder through which
Celery's messages go.
"""
import os

from celery import Celery, signals
from confluent_kafka import Producer

queue = os.environ["QUEUE"]
app = Celery("celery_orders", broker="filesystem://", backend="file://" + queue)
app.conf.broker_transport_options = {"data_folder_in": queue, "data_folder_out": queue,
                                     "control_folder": queue}
producer = None


@app.task
def order(number):
    global producer
    producer = producer or Producer({"bootstrap.servers": os.environ["BROKER"],
                                     "linger.ms": 60000})
    producer.produce(os.environ["TOPIC"], b"%d" % number)


@signals.worker_process_shutdown.connect
@signals.worker_shutdown.connect
def end(**_):
    if producer and os.environ["ENDING"] == "flush":
        producer.flush()
