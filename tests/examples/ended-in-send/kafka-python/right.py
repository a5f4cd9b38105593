# SPDX-License-Identifier: Apache-2.0
"""Waits for its threads, and then for what they sent.

run: --broker-rtt 1000
"""
import sys
import threading
import time

from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers=sys.argv[1], buffer_memory=4000, batch_size=1000)


# --8<--
def work():
    for order in range(10):
        producer.send("orders", b"x" * 1000)  # waits while the buffer is full


worker = threading.Thread(target=work)
worker.start()
time.sleep(1)  # other work
worker.join()  # none is in send() any more
producer.close()
# --8<--
