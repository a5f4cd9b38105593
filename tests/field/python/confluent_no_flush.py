# SPDX-License-Identifier: Apache-2.0
# The producer of confluent-kafka's README, its last line forgotten.
import sys

import security
from confluent_kafka import Producer

p = Producer({'bootstrap.servers': sys.argv[1], **security.librdkafka()})


def delivery_report(err, msg):
    """ Called once for each message produced to indicate delivery result.
        Triggered by poll() or flush(). """
    if err is not None:
        print('Message delivery failed: {}'.format(err))
    else:
        print('Message delivered to {} [{}]'.format(msg.topic(), msg.partition()))


for data in map(str, range(int(sys.argv[3]))):
    # Trigger any available delivery report callbacks from previous produce() calls
    p.poll(0)

    # Asynchronously produce a message. The delivery report callback will be triggered from
    # the call to poll() above, or flush() below, when the message has been successfully
    # delivered or failed permanently.
    p.produce(sys.argv[2], data.encode('utf-8'), callback=delivery_report)
