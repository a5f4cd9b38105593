# SPDX-License-Identifier: Apache-2.0
"""two_topics.py BROKER - two topics from two lines, and no flush."""
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": sys.argv[1]})
for number in range(70):
    producer.produce("orders", b"order %d" % number)
for number in range(30):
    producer.produce("audit", b"entry %d" % number)
