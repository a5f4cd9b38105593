#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_check.py - check.py finds the examples wrong that are made wrong here.

    test_check.py UNFLUSHED WRONG RIGHT

WRONG and RIGHT are the programs of an example that forgets to flush and of its twin.
"""
import os
import subprocess
import sys
import tempfile
import unittest

CHECK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check.py")
UNFLUSHED, WRONG, RIGHT = sys.argv[1:4]
RUN = "/* run: --broker-rtt 400 */\n"


class Check(unittest.TestCase):
    def check(self, name, head, program, twin=None):
        """Its exit status, and what it says; `twin`: the head of the wrong code beside it."""
        with tempfile.TemporaryDirectory() as scratch:
            path = os.path.join(scratch, name)
            with open(path, "w") as example:
                example.write(head)
            if twin:
                with open(os.path.join(scratch, "wrong.c"), "w") as example:
                    example.write(twin)
            ended = subprocess.run([CHECK, UNFLUSHED, path, "--", program, "{broker}"],
                                   stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            return ended.returncode, ended.stderr

    def test_what_is_as_it_says_passes(self):
        self.assertEqual(self.check("wrong.c", "/* raises: missing-flush */\n" + RUN, WRONG)[0], 0)
        self.assertEqual(self.check("right.c", RUN, RIGHT)[0], 0)

    def test_right_code_that_loses_is_found(self):
        status, why = self.check("right.c", RUN, WRONG)
        self.assertEqual(status, 1)
        self.assertIn("right code is lost", why)

    def test_wrong_code_that_is_right_is_found(self):
        status, why = self.check("wrong.c", "/* raises: missing-flush */\n" + RUN, RIGHT)
        self.assertEqual(status, 1)
        self.assertIn("does not raise missing-flush", why)

    def test_wrong_code_with_another_finding_is_found(self):
        status, why = self.check("wrong.c", "/* raises: open-transaction */\n" + RUN, WRONG)
        self.assertEqual(status, 1)
        self.assertIn("does not raise open-transaction", why)

    def test_right_code_that_ends_otherwise_is_found(self):
        status, why = self.check("right.c", "/* ends: 3 */\n" + RUN, RIGHT)
        self.assertEqual(status, 1)
        self.assertIn("status 0", why)

    def test_right_code_with_the_finding_of_its_twin_is_found(self):
        raises = "/* raises: broker-errors */\n"
        run = "/* run: --broker-errors Produce=NOT_LEADER_FOR_PARTITION:1 */\n"
        self.assertEqual(self.check("right.c", run, RIGHT)[0], 0)
        self.assertEqual(self.check("right.c", RUN, RIGHT, raises)[0], 0)
        status, why = self.check("right.c", run, RIGHT, raises)
        self.assertEqual(status, 1)
        self.assertIn("right code raises broker-errors", why)
        meets = "/* meets: broker-errors */\n"
        self.assertEqual(self.check("right.c", run + meets, RIGHT, raises)[0], 0)
        status, why = self.check("right.c", RUN + meets, RIGHT, raises)
        self.assertEqual(status, 1)
        self.assertIn("right code does not meet broker-errors", why)

    def test_right_code_that_meets_an_error_is_held_to_what_it_says(self):
        raises = "/* raises: broker-errors */\n"
        met = RUN + "/* met: --broker-errors Produce=%s */\n"
        overcome, given_up = "NOT_LEADER_FOR_PARTITION:1", "TOPIC_AUTHORIZATION_FAILED:1"
        for head, words in [
                (met % overcome, None),
                (RUN + "/* met: --broker-rtt 1 */\n", "does not meet broker-errors"),
                (met % overcome + "/* judged: failed */\n", "is clean, not failed"),
                (met % given_up, ", not clean"),
                (met % given_up + "/* judged: lost */\n", r"delivers \d+ messages, not all")]:
            status, why = self.check("right.c", head, RIGHT, raises)
            self.assertEqual(status, 1 if words else 0, why)
            self.assertRegex(why, words or "^$")
        self.assertEqual(self.check("right.c", met % overcome, RIGHT)[0], 2)

    def test_an_example_that_does_not_say_what_it_is_is_refused(self):
        self.assertEqual(self.check("wrong.c", RUN, WRONG)[0], 2)
        self.assertEqual(self.check("right.c", "/* raises: missing-flush */\n", RIGHT)[0], 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
