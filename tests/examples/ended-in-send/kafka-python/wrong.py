# SPDX-License-Identifier: Apache-2.0
"""Ends while a thread of it waits in send().

raises: ended-in-send
run: --broker-rtt 1000
"""
import sys
import threading
import time

from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers=sys.argv[1], buffer_memory=4000, batch_size=1000)


# --8<--
def work():
    for order in range(100):
        producer.send("orders", b"x" * 1000)  # waits while the buffer is full


threading.Thread(target=work, daemon=True).start()
time.sleep(4.5)  # other work; the end of the program is the thread's end, too
# --8<--
