# SPDX-License-Identifier: Apache-2.0
"""celery_worker.py - a worker of Celery's, ten tasks for it, and SIGTERM when they are done

    celery_worker.py BROKER TOPIC COUNT prefork|solo flush|none

It has no producer of its own, and ends as the worker does.
"""
import os
import signal
import subprocess
import sys
import tempfile

broker, topic, count, pool, ending = sys.argv[1:6]

with tempfile.TemporaryDirectory() as queue:
    os.environ.update(BROKER=broker, TOPIC=topic, ENDING=ending, QUEUE=queue)
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import celery_orders

    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "celery_orders", "worker", "--pool", pool,
         "--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat"],
        cwd=sys.path[0])
    results = [celery_orders.order.delay(number) for number in range(int(count))]
    for result in results:
        result.get(timeout=50)
    worker.send_signal(signal.SIGTERM)
    sys.exit(worker.wait())
