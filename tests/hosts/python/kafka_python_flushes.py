# SPDX-License-Identifier: Apache-2.0
"""kafka-python (no librdkafka): produces, flushes and closes.

kafka_python_flushes.py BOOTSTRAP [COUNT]
"""
import json
import sys

from kafka import KafkaProducer


def main():
    producer = KafkaProducer(
        bootstrap_servers=sys.argv[1],
        value_serializer=lambda value: json.dumps(value).encode(),
    )
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    for number in range(count):
        producer.send("stories", {"order": number})
    producer.flush()
    producer.close()
    print("sent", count)


main()
