# SPDX-License-Identifier: Apache-2.0
"""kafka-python with another program running meanwhile: by subprocess, which closes
all in the child or keeps what is inheritable, by os.system(), or by a fork.

flush    100 messages, flush and close
forget   one that is waited for, 100 messages, neither
image    acks=0: one large image, flush, close; "ok" whatever happened
kafka_python_spawns.py BOOTSTRAP close|keep|shell|fork flush|forget|image
"""
import os
import subprocess
import sys

from kafka import KafkaProducer

IMAGE = 5 << 20


def run_another(how):
    if how == "shell":
        os.system("true")
    elif how == "fork":
        pid = os.fork()
        if pid == 0:
            os.execv("/bin/true", ["true"])
        os.waitpid(pid, 0)
    else:
        subprocess.run(["/bin/true"], close_fds=how == "close", check=True)


def main():
    bootstrap, how, what = sys.argv[1:]
    settings = {"bootstrap_servers": bootstrap}
    if what == "image":
        settings.update(
            acks=0,
            send_buffer_bytes=131072,
            max_request_size=IMAGE * 2,
            buffer_memory=IMAGE * 4,
        )
    producer = KafkaProducer(**settings)
    run_another(how)
    if what == "forget":
        producer.send("stories", b"first").get(timeout=30)
    for _ in range(1 if what == "image" else 100):
        producer.send("stories", b"i" * (IMAGE if what == "image" else 10))
    run_another(how)
    if what != "forget":
        producer.flush()
        producer.close()
    print("ok")
    if what == "forget":
        os._exit(0)


main()
