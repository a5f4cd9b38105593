# SPDX-License-Identifier: Apache-2.0
"""librdkafka under ctypes, with a delivery callback: libffi makes it while the program runs.

ctypes_reports.py BOOTSTRAP COUNT
"""
import ctypes
import sys

PRODUCER, ANY_PARTITION, COPY = 0, -1, 2
kafka = ctypes.CDLL("librdkafka.so.1")
for name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_topic_new"):
    getattr(kafka, name).restype = ctypes.c_void_p
told = 0


@ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
def report(rk, message, opaque):
    global told
    told += 1


def pointer(value):
    return ctypes.c_void_p(value)


def main():
    why = ctypes.create_string_buffer(256)
    conf = kafka.rd_kafka_conf_new()
    for name, value in (("bootstrap.servers", sys.argv[1]), ("message.timeout.ms", "300"),
                        ("log_level", "0")):
        kafka.rd_kafka_conf_set(pointer(conf), name.encode(), value.encode(), why, 256)
    kafka.rd_kafka_conf_set_dr_msg_cb(pointer(conf), report)
    rk = kafka.rd_kafka_new(PRODUCER, pointer(conf), why, ctypes.c_size_t(256))
    orders = kafka.rd_kafka_topic_new(pointer(rk), b"stories", None)
    for number in range(int(sys.argv[2])):
        kafka.rd_kafka_produce(pointer(orders), ANY_PARTITION, COPY, b"order",
                               ctypes.c_size_t(5), None, ctypes.c_size_t(0), None)
    print("flush:", kafka.rd_kafka_flush(pointer(rk), 10000))
    print("told:", told)
    kafka.rd_kafka_topic_destroy(pointer(orders))
    kafka.rd_kafka_destroy(pointer(rk))


main()
