# SPDX-License-Identifier: Apache-2.0
"""suite.py - kafka-python's own tests of its producer's side, that need no broker

    suite.py RESULTS TEST...

One connection is made first, to nobody in particular: with the shim its probe is
in before the first test. Writes what became of each test, in order. The fixtures
are those of the client's conftest.py, which its source package leaves out.
"""
import socket
import sys

import kafka  # noqa: F401
import pytest


class Fixtures:
    def __init__(self):
        self.results = []

    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.outcome != "passed":
            self.results.append("%s %s %s" % (report.nodeid, report.when, report.outcome))

    @pytest.fixture
    def metrics(self):
        from kafka.metrics import Metrics
        metrics = Metrics()
        yield metrics
        metrics.close()

    @pytest.fixture
    def conn(self, mocker):
        from kafka.conn import ConnectionStates
        conn = mocker.patch("kafka.client_async.BrokerConnection")
        conn.return_value = conn
        conn.state = ConnectionStates.CONNECTED
        conn.connect.return_value = conn.state
        conn.connected = lambda: conn.state is ConnectionStates.CONNECTED
        conn.disconnected = lambda: conn.state is ConnectionStates.DISCONNECTED
        return conn

    @pytest.fixture
    def client(self, conn, mocker):
        from kafka.client_async import KafkaClient
        mocker.patch.object(KafkaClient, "_bootstrap", create=True)
        client = KafkaClient(bootstrap_servers=[], api_version=(0, 10, 2))
        mocker.patch.object(client, "_init_connect", return_value=True, create=True)
        yield client


listener = socket.create_server(("127.0.0.1", 0))
socket.create_connection(listener.getsockname()).close()
fixtures = Fixtures()
pytest.main(["-q", "-p", "no:cacheprovider"] + sys.argv[2:], plugins=[fixtures])
with open(sys.argv[1], "w") as file:
    file.write("\n".join(fixtures.results) + "\n")
