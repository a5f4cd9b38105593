# SPDX-License-Identifier: Apache-2.0
# An image as base64 text, so many times, each waited for: what it took, in ms.
import sys
import time

from confluent_kafka import Producer

address, topic, path, times, buffer, *more = sys.argv[1:]
settings = {} if buffer == "default" else {"socket.send.buffer.bytes": int(buffer)}
settings.update(setting.split("=") for setting in more)
producer = Producer({"bootstrap.servers": address, "message.max.bytes": 50000000, **settings})
with open(path, "rb") as file:
    image = file.read()
for _ in range(int(times)):
    began = time.perf_counter()
    producer.produce(topic, image)
    producer.flush()
    print("took_ms", (time.perf_counter() - began) * 1000)
