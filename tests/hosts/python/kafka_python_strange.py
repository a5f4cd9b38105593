# SPDX-License-Identifier: Apache-2.0
"""kafka-python with a batch class of another shape than any version has.

kafka_python_strange.py BOOTSTRAP [COUNT]
"""
import sys

from kafka import KafkaProducer
from kafka.producer.record_accumulator import ProducerBatch

original = ProducerBatch.try_append


def try_append(*everything, **named):
    return original(*everything, **named)


ProducerBatch.try_append = try_append
producer = KafkaProducer(bootstrap_servers=sys.argv[1])
for number in range(int(sys.argv[2]) if len(sys.argv) > 2 else 100):
    producer.send("stories", b"order %d" % number)
producer.flush()
producer.close()
print("sent")
