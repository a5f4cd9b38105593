# SPDX-License-Identifier: Apache-2.0
"""kafka-python, acks=0: one large image, flush, close; "ok" whatever happened.

kafka_python_image.py BOOTSTRAP MEGABYTES [SETTING=TEXT...]
"""
import sys

from kafka import KafkaProducer


def main():
    size = int(sys.argv[2]) << 20
    producer = KafkaProducer(
        bootstrap_servers=sys.argv[1],
        acks=0,
        send_buffer_bytes=131072,
        max_request_size=size * 2,
        buffer_memory=size * 4,
        **dict(setting.split("=") for setting in sys.argv[3:])
    )
    producer.send("stories", b"i" * size)
    producer.flush()
    producer.close()
    print("ok")


main()
