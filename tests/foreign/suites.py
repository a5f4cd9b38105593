# SPDX-License-Identifier: Apache-2.0
"""suites.py - other people's test suites: how each is had, started and read

A result is a name and how it ended, in the suite's own word: only sameness is asked.
"""
import glob
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as tree

JOBS = str(len(os.sched_getaffinity(0)))


class Suite:
    """name: of the suite, and of its folder. source: Debian's source package; None: the suite
    comes with a package. as_nobody: it refuses to be run as root. chosen: part of what fits in
    ten minutes. limit_s: so long it may take, once."""

    name = ""
    source = None
    as_nobody = False
    chosen = False
    limit_s = 1200

    def missing(self):
        """Why it cannot be run here; None: it can."""
        return None

    def build(self, folder):
        """Argument lists, run in the unpacked source, one after the other."""
        return []

    def command(self, folder, results, tests, chosen):
        """(arguments, directory, more environment). `tests`: only these, if the suite can."""
        raise NotImplementedError

    def read(self, results, output):
        """[(name, ending)] of one run; a name may be there more than once."""
        raise NotImplementedError


class CPython(Suite):
    """The tests that the interpreter brings: network, processes, signals, threads."""

    name = "cpython"
    chosen = True
    few = ("test_socket test_ssl test_selectors test_subprocess test_httplib test_smtplib "
           "test_signal test_threading test_socketserver test_fork1 test_select test_epoll")
    rest = ("test_asyncio test_multiprocessing_fork test_concurrent_futures test_os test_posix "
            "test_poll test_ftplib test_poplib test_imaplib test_urllib2_localnet test_xmlrpc "
            "test_wait3 test_wait4 test_thread test_queue test_faulthandler test_mmap "
            "test_popen test_pty test_sys test_tempfile")
    python = "/usr/bin/python3"

    def missing(self):
        found = subprocess.run([self.python, "-c", "import test.test_socket"],
                               capture_output=True, check=False)
        if found.returncode == 0:
            return None
        return "CPython's tests are not there (Debian: libpython%d.%d-testsuite)" % (
            sys.version_info[:2])

    def command(self, folder, results, tests, chosen):
        # VSOCK hangs in virtual machines, with and without us.
        args = [self.python, "-m", "test", "-j" + JOBS, "--junit-xml", results, "--timeout",
                "200", "-i", "*VSOCK*"]
        for test in tests:
            args += ["-m", test]
        return args + (self.few if chosen else self.few + " " + self.rest).split(), folder, {}

    def read(self, results, output):
        for case in tree.parse(results).getroot().iter("testcase"):
            name = case.get("name")
            parts = [part.tag for part in case if part.tag in ("skipped", "failure", "error")]
            yield name, " ".join([str(case.get("status")), str(case.get("result"))] + parts)


class Libuv(Suite):
    name = "libuv"
    source = "libuv1"
    as_nobody = True
    chosen = True
    limit_s = 400
    # They time a connect to 1.2.3.4: the network decides.
    left_out = ("tcp_close_while_connecting", "tcp_connect_timeout")

    def build(self, folder):
        yield ["cmake", "-B", "b", "-DLIBUV_BUILD_TESTS=ON", "-DCMAKE_BUILD_TYPE=Debug"]
        yield ["cmake", "--build", "b", "-j" + JOBS, "--target", "uv_run_tests"]

    def command(self, folder, results, tests, chosen):
        # One name is all that it takes.
        return ["sh", "-c", 'b=$1; shift; [ $# -gt 0 ] || exec "$b"; for t; do "$b" "$t"; done',
                "-", "./uv_run_tests"] + list(tests), folder + "/b", {}

    def read(self, results, output):
        for line in output.splitlines():
            found = re.match(r"(ok|not ok) \d+ - (\w+)(?: # (SKIP))?", line)
            if found and found.group(2) not in self.left_out:
                yield found.group(2), found.group(3) or found.group(1)


class Librdkafka(Suite):
    """Those that need no broker, or librdkafka's own mock of one."""

    name = "librdkafka"
    source = "librdkafka"

    def build(self, folder):
        yield ["./configure", "--disable-gssapi", "--disable-curl", "--disable-optimization"]
        yield ["make", "-j" + JOBS, "libs"]
        yield ["make", "-j" + JOBS, "-C", "tests", "build"]

    def command(self, folder, results, tests, chosen):
        env = {"TEST_REPORT": results,
               "LD_LIBRARY_PATH": "%s/src:%s/src-cpp" % (folder, folder)}
        if tests:
            env["TESTS"] = tests[0].split("_")[0]
        return ["./test-runner", "-l", "-p2", "-Q"], folder + "/tests", env

    def read(self, results, output):
        with open(results) as file:
            for name, one in json.load(file)["tests"].items():
                yield name, one["state"]


class Redis(Suite):
    name = "redis"
    source = "redis"
    limit_s = 1800

    def missing(self):
        return None if glob.glob("/usr/bin/tclsh*") else "there is no tclsh (Debian: tcl)"

    def build(self, folder):
        yield ["make", "-j" + JOBS, "MALLOC=libc", "OPTIMIZATION=-O0"]

    def command(self, folder, results, tests, chosen):
        units = ("auth protocol keyspace scan expire multi quit aofrw info pubsub slowlog "
                 "type/string type/list type/hash type/set type/zset introspection limits")
        args = ["./runtest", "--clients", JOBS, "--timeout", "300"]
        for unit in units.split():
            args += ["--single", "unit/" + unit]
        for test in tests:
            args += ["--only", test]
        return args, folder, {}

    def read(self, results, output):
        plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
        for ending, name in re.findall(r"^\[(ok|err|exception|ignore|skip)\]: (.*)$", plain, re.M):
            yield re.sub(r" \(\d+ ms\)$| in tests/.*$", "", name), ending


SUITES = (CPython(), Libuv(), Librdkafka(), Redis())
