#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_named.py - what a page names, and what does not exist, is said by named.py."""
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
STORY = "static void it_holds(void **state) {}\n"


class Named(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.write("tests/unit/low/test_a.c", STORY + "cmocka_unit_test(\n\tit_holds),\n")
        self.write("tests/e2e/test_idle.c", STORY)
        self.write("shim/low/a.h", "")

    def tearDown(self):
        self.folder.cleanup()

    def write(self, path, text):
        path = os.path.join(self.folder.name, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    def says(self, page):
        self.write("page", page)
        done = subprocess.run([sys.executable, os.path.join(HERE, "named.py"),
                               os.path.join(self.folder.name, "page"), self.folder.name],
                              text=True, capture_output=True)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.returncode, 1 if done.stdout else 0)
        return done.stdout

    def test_what_exists_is_let_pass(self):
        self.assertEqual(self.says("`low/a` `unit/low/test_a: it_holds` `e2e/test_idle` `x`"), "")

    def test_what_does_not_is_said(self):
        for page, what in (("`unit/low/test_b: it_holds`", "no such test program"),
                           ("`unit/low/test_a: it_hold`", "no such story"),
                           ("`unit/low/test_a: it_holds_not`", "no such story"),
                           ("`e2e/test_idle: it_holds`", "no such story"),
                           ("`unit/low/test_a` `low/b`", "low/b: no such file"),
                           ("`low/a`", "names no test")):
            self.assertIn(what, self.says(page), page)


if __name__ == "__main__":
    unittest.main()
