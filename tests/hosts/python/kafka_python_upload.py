# SPDX-License-Identifier: Apache-2.0
"""kafka-python: one image from a file, flush, close; says what each call said.

kafka_python_upload.py BOOTSTRAP FILE ACKS SEND_BUFFER [OLD]

SEND_BUFFER 0 is the client's default. With OLD it speaks as to a broker 0.10, whose
messages have a checksum that Python does not take seconds for.
"""
import sys

from kafka import KafkaProducer


def main():
    bootstrap, path, acks, send_buffer = sys.argv[1:5]
    with open(path, "rb") as image:
        value = image.read()
    options = {"send_buffer_bytes": int(send_buffer)} if int(send_buffer) else {}
    if len(sys.argv) > 5:
        options["api_version"] = (0, 10)
    producer = KafkaProducer(
        bootstrap_servers=bootstrap,
        acks=int(acks),
        max_request_size=len(value) * 2,
        buffer_memory=len(value) * 2,
        **options,
    )
    future = producer.send("stories", value)
    producer.flush()
    producer.close()
    print("sent" if future.succeeded() else "failed: %s" % future.exception)


main()
