# SPDX-License-Identifier: Apache-2.0
# An image as base64 text, so many times, each waited for: what it took, in ms.
import sys
import time

from kafka import KafkaProducer

address, topic, path, times, buffer = sys.argv[1:6]
settings = {} if buffer == "default" else {"send_buffer_bytes": int(buffer)}
producer = KafkaProducer(bootstrap_servers=address, max_request_size=50000000,
                         buffer_memory=100000000, request_timeout_ms=30000, **settings)
with open(path, "rb") as file:
    image = file.read()
for _ in range(int(times)):
    began = time.perf_counter()
    producer.send(topic, image).get(timeout=60)
    print("took_ms", (time.perf_counter() - began) * 1000)
producer.close()
