# SPDX-License-Identifier: Apache-2.0
# No message is acknowledged, and none is left behind: flushed and closed.
import sys

import security
from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers=sys.argv[1], acks=0, **security.kafka_python())
for _ in range(int(sys.argv[3])):
    producer.send(sys.argv[2], b'some_message_bytes')
producer.flush()
producer.close()
