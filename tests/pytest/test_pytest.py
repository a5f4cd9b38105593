#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_pytest.py - `pytest --unflushed` on suites that lose messages in every way

    test_pytest.py UNFLUSHED WHEEL [NAME...]

WHEEL is the folder of the package. Of it the plugin alone is taken: the rest of the package
wants to be installed. Exit status 77 where pytest or a client is missing.
"""
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

UNFLUSHED, WHEEL = (os.path.abspath(path) for path in sys.argv[1:3])
HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 400
LOST = {"lost", "lost_in_a_cycle", "parameter[2]", "lost_more_than_allowed",
        "lost_in_a_subprocess", "lost_in_a_process[fork]", "lost_in_a_process[spawn]"}
AFTER = {"lost_by_its_fixture", "skips_and_loses"}  # seen in teardown: errors there
COUNTS = {"lost": 5, "parameter[2]": 2, "lost_more_than_allowed": 4, "lost_in_a_subprocess": 7,
          "lost_in_a_process[fork]": 8, "lost_in_a_process[spawn]": 8}


def has(module):
    return importlib.util.find_spec(module) is not None


class Suite:
    """A run of pytest on one file: its status, its output, what junit says of each test."""

    def __init__(self, folder, file, *options, **environment):
        shutil.copy(os.path.join(HERE, file), os.path.join(folder, "test_" + file))
        package = os.path.join(folder, "package", "unflushed")
        os.makedirs(package, exist_ok=True)
        for name in ["__init__.py"] + sorted(os.listdir(os.path.join(WHEEL, "unflushed"))):
            if name.startswith("pytest_"):
                shutil.copy(os.path.join(WHEEL, "unflushed", name), package)
        open(os.path.join(package, "__init__.py"), "w").close()
        self.junit = os.path.join(folder, "junit.xml")
        self.summary = os.path.join(folder, "summary.md")
        told = {"UNFLUSHED_PROGRAM": UNFLUSHED, "GITHUB_STEP_SUMMARY": self.summary,
                "PYTHONPATH": os.path.join(folder, "package"), "TMPDIR": folder}
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "unflushed.pytest_plugin", "-p",
             "no:cacheprovider", f"--junitxml={self.junit}", *options, "test_" + file],
            cwd=folder, env={**os.environ, **told, **environment}, timeout=SECONDS, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
        self.status, self.output = run.returncode, run.stdout

    def cases(self):
        """{test: {"failure" or "error" or "skipped": text}}"""
        return {case.get("name").replace("test_", "", 1):
                {child.tag: (child.get("message") or "") + (child.text or "") for child in case}
                for case in ElementTree.parse(self.junit).iter("testcase")}


class Pytest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def suite(self, *words, **environment):
        suite = Suite(self.folder, *words, **environment)
        left = [name for name in os.listdir(self.folder) if name.startswith("unflushed-pytest")]
        self.assertEqual(left, [], "the folder of the traces is left behind")
        return suite

    def judge_all(self, suite):
        cases = suite.cases()
        self.assertEqual(suite.status, 1, suite.output)
        failures = {name for name, said in cases.items() if "failure" in said}
        self.assertEqual(failures, LOST | {"fails_by_itself"}, suite.output)
        errors = {name for name, said in cases.items() if "error" in said}
        self.assertEqual(errors, AFTER, suite.output)
        for name, count in COUNTS.items():
            said = cases[name]["failure"]
            self.assertRegex(said, rf"LOST +all {count} messages to orders")
            self.assertRegex(said, r"where .*test_suite\.py:\d+")
            self.assertRegex(said, r"\n *why .*\n")
            self.assertRegex(said, r"\n *change .*")
        self.assertIn("its own failure", cases["fails_by_itself"]["failure"])
        self.assertEqual(set(cases["skipped"]), {"skipped"})
        self.assertEqual(set(cases["expected_to_fail"]), {"skipped"})
        self.assertRegex(suite.output, r"unflushed: allowed\b")
        self.assertRegex(suite.output, r"test_allowed: LOST.*a crash is what it tests")
        with open(suite.summary, encoding="utf-8") as file:
            summary = file.read()
        for name in LOST | AFTER:
            self.assertIn(f"::test_{name}</summary>", summary)
        self.assertNotIn("of the session", suite.output)

    def test_each_test_fails_by_its_own_name(self):
        self.judge_all(self.suite("suite.py", "--unflushed-broker"))

    def test_the_same_in_workers(self):
        suite = self.suite("suite.py", "--unflushed-broker", "-n", "2")
        self.judge_all(suite)
        self.assertRegex(suite.output, r"gw1")

    def test_the_clients_that_are_written_in_python(self):
        clients = [name for name in ("kafka", "aiokafka") if has(name)]
        if not clients:
            self.skipTest("neither kafka-python nor aiokafka is here")
        suite = self.suite("suite_python.py", "--unflushed-broker", CLIENTS=" ".join(clients))
        self.assertEqual(suite.status, 1, suite.output)
        cases = suite.cases()
        for client in clients:
            said = cases.pop(f"lost[{client}]")
            self.assertEqual(set(said), {"failure"}, suite.output)
            self.assertRegex(said["failure"], r"LOST +all 3 messages to orders")
            self.assertRegex(said["failure"], r"where .*test_suite_python\.py:\d+")
        kept = {f"{name}[{client}]" for name in ("kept", "kept_after_it") for client in clients}
        self.assertEqual(cases, {name: {} for name in kept | {"nothing"}}, suite.output)
        self.assertNotIn("of the session", suite.output)

    def test_a_session_fixture_is_charged_by_its_name(self):
        suite = self.suite("suite_session.py", "--unflushed-broker", MODE="lost")
        self.assertEqual(suite.status, 1, suite.output)
        cases = suite.cases()
        self.assertEqual([name for name, said in cases.items() if "failure" in said], [])
        text = "".join(said.get("error", "") for said in cases.values()) + suite.output
        self.assertRegex(text, r"in session fixture 'session_producer' \(test_suite_session\.py"
                               r":\d+\):")
        self.assertRegex(text, r"produced by test test_suite_session\.py::test_first\n")
        self.assertRegex(suite.output, r"[12] error")

    def test_what_its_fixture_flushes_is_not_lost(self):
        suite = self.suite("suite_session.py", "--unflushed-broker", MODE="kept")
        self.assertEqual(suite.status, 0, suite.output)

    def test_what_is_flushed_at_exit_is_not_lost(self):
        suite = self.suite("suite_session.py", "--unflushed-broker", MODE="global-kept")
        self.assertEqual(suite.status, 0, suite.output)

    def test_what_nobody_flushes_is_said_at_the_end(self):
        suite = self.suite("suite_session.py", "--unflushed-broker", MODE="global-lost")
        self.assertEqual(suite.status, 1, suite.output)
        self.assertRegex(suite.output, r"unflushed: process \d+ of the session ended:\nLOST ")
        said = [name for name, child in suite.cases().items() if "failure" in child]
        self.assertRegex("".join(said), r"^process \d+ of the session ended$")

    def test_a_known_case_passes(self):
        with open(os.path.join(self.folder, "unflushed.toml"), "w", encoding="ascii") as file:
            file.write('[[known]]\nframe = "test_lost_in_a_cycle"\nreason = "a ticket"\n')
        suite = self.suite("suite.py", "--unflushed-broker", "-k", "lost_in_a_cycle or kept")
        self.assertEqual(suite.status, 0, suite.output)
        suite = self.suite("suite.py", "--unflushed-broker", "-k", "test_lost and not in")
        self.assertEqual(suite.status, 1, suite.output)
        self.assertNotIn("matches nothing", suite.output)

    def test_a_program_that_calls_main_is_told(self):
        program = os.path.join(self.folder, "program.py")
        with open(program, "w", encoding="ascii") as file:
            file.write("import pytest, sys\nsys.exit(pytest.main(['-p', "
                       "'unflushed.pytest_plugin', '--unflushed', 'test_suite.py']))\n")
        self.suite("suite.py", "--collect-only")
        run = subprocess.run([sys.executable, program], cwd=self.folder, check=False,
                             env={**os.environ, "UNFLUSHED_PROGRAM": UNFLUSHED,
                                  "PYTHONPATH": os.path.join(self.folder, "package")},
                             stderr=subprocess.PIPE, universal_newlines=True)
        self.assertEqual(run.returncode, 4)
        self.assertRegex(run.stderr, r"pytest\.main\(\) was called by .*program\.py:2")

    def test_no_program_is_a_usage_error(self):
        suite = self.suite("suite.py", "--unflushed", UNFLUSHED_PROGRAM="/nowhere/unflushed")
        self.assertEqual(suite.status, 4)
        self.assertIn("cannot run /nowhere/unflushed", suite.output)

    def test_a_marker_without_a_reason_is_a_usage_error(self):
        with open(os.path.join(HERE, "suite.py"), encoding="utf-8") as file:
            text = re.sub(r"allow=3, reason=[^)]*", "allow=3", file.read())
        with open(os.path.join(self.folder, "test_marked.py"), "w", encoding="utf-8") as file:
            file.write(text)
        suite = self.suite("suite_session.py", "--unflushed-broker", "test_marked.py", MODE="")
        self.assertEqual(suite.status, 4, suite.output)
        self.assertRegex(suite.output, r"test_allowed: the marker unflushed needs a reason")


if __name__ == "__main__":
    try:
        import confluent_kafka  # noqa: F401
        import pytest  # noqa: F401
        import xdist  # noqa: F401
    except ImportError as missing:
        print(f"skipped: no {missing.name} for {sys.executable}")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
