# SPDX-License-Identifier: Apache-2.0
# "Block until all pending messages are at least put on the network", as
# kafka-python's README has it.
import sys

import security
from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers=sys.argv[1], **security.kafka_python())
for _ in range(int(sys.argv[3])):
    producer.send(sys.argv[2], b'some_message_bytes')

# block until all async messages are sent
producer.flush()
