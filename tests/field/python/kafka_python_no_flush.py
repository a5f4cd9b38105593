# SPDX-License-Identifier: Apache-2.0
# The first lines of kafka-python's README on its producer, and nothing after.
import sys

import security
from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers=sys.argv[1], **security.kafka_python())
for _ in range(int(sys.argv[3])):
    producer.send(sys.argv[2], b'some_message_bytes')
