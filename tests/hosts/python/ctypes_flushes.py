# SPDX-License-Identifier: Apache-2.0
"""librdkafka under ctypes: every function is taken with dlsym.

ctypes_flushes.py BOOTSTRAP COUNT flush|forget
"""
import ctypes
import sys

PRODUCER, ANY_PARTITION, COPY = 0, -1, 2
kafka = ctypes.CDLL("librdkafka.so.1")
for name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_topic_new"):
    getattr(kafka, name).restype = ctypes.c_void_p


def pointer(value):
    return ctypes.c_void_p(value)


def send_order(orders, number):
    value = b'{"order": %d}' % number
    kafka.rd_kafka_produce(pointer(orders), ANY_PARTITION, COPY, value,
                           ctypes.c_size_t(len(value)), None, ctypes.c_size_t(0), None)


def main():
    why = ctypes.create_string_buffer(256)
    conf = kafka.rd_kafka_conf_new()
    kafka.rd_kafka_conf_set(pointer(conf), b"bootstrap.servers", sys.argv[1].encode(), why, 256)
    rk = kafka.rd_kafka_new(PRODUCER, pointer(conf), why, ctypes.c_size_t(256))
    orders = kafka.rd_kafka_topic_new(pointer(rk), b"stories", None)
    for number in range(int(sys.argv[2])):
        send_order(orders, number)
    if sys.argv[3] == "flush":
        print("flush:", kafka.rd_kafka_flush(pointer(rk), 30000))
    kafka.rd_kafka_topic_destroy(pointer(orders))
    kafka.rd_kafka_destroy(pointer(rk))


main()
