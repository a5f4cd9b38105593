# SPDX-License-Identifier: Apache-2.0
"""Closes while a large message is under way that nobody will confirm.

raises: cut-frame
run: --broker-rtt 1
"""
import sys

from kafka import KafkaProducer

# --8<--
producer = KafkaProducer(bootstrap_servers=sys.argv[1], acks=0,
                         send_buffer_bytes=131072, max_request_size=30_000_000)
producer.send("images", b"x" * 25_000_000)
producer.flush()  # with acks=0 it returns when the first bytes are written
producer.close()
# --8<--
