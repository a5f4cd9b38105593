# SPDX-License-Identifier: Apache-2.0
"""Goes on when a message is refused.

raises: rejected-not-retried
run: --broker-rtt 400
"""
import sys

from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers=sys.argv[1], max_request_size=1000)
# --8<--
for order in range(10):
    try:
        producer.send("orders", b"x" * 300 * order)
    except Exception as error:
        print(error, file=sys.stderr)  # and this order is gone
producer.flush()
producer.close()
# --8<--
