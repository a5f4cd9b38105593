# SPDX-License-Identifier: Apache-2.0
# kafka-python's README: "Block until a single message is sent (or timeout)".
import sys

import security
from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers=sys.argv[1], **security.kafka_python())
for _ in range(int(sys.argv[3])):
    future = producer.send(sys.argv[2], b'another_message')
    result = future.get(timeout=60)
