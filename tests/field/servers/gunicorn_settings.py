# SPDX-License-Identifier: Apache-2.0
"""gunicorn's settings: with MODE=stop a worker that ends closes its producer."""
import os


def worker_exit(server, worker):
    import gunicorn_app

    if os.environ["MODE"] == "stop" and gunicorn_app.producer:
        gunicorn_app.producer.flush()
        gunicorn_app.producer.close()
