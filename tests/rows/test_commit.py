#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_commit.py - tools/commit.cmake says which commit a folder is, or that it is not known

    test_commit.py CMAKE SOURCE
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

CMAKE, SOURCE = sys.argv[1:3] if len(sys.argv) > 2 else ("cmake", "")
TEMPLATE = "$Format:%H$\n"
SAID = 'version_commit[] = "'


class Commit(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = os.path.join(self.scratch.name, "source")
        os.mkdir(self.folder)
        self.git("init", "-q")
        shutil.copyfile(os.path.join(SOURCE, ".gitattributes"),
                        os.path.join(self.folder, ".gitattributes"))
        os.mkdir(os.path.join(self.folder, "tools"))
        with open(os.path.join(self.folder, "tools/commit.txt"), "w") as file:
            file.write(TEMPLATE)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "one")
        self.commit = self.git("rev-parse", "HEAD")

    def tearDown(self):
        self.scratch.cleanup()

    def git(self, *words):
        env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        for who in ("AUTHOR", "COMMITTER"):
            env.update({f"GIT_{who}_NAME": "x", f"GIT_{who}_EMAIL": "x"})
        return subprocess.run(["git", "-C", self.folder, *words], env=env, check=True, text=True,
                              stdout=subprocess.PIPE).stdout.strip()

    def path(self, name):
        return os.path.join(self.scratch.name, name)

    def ask(self, folder, *more, path=None):
        env = dict(os.environ, **({"PATH": path} if path is not None else {}))
        subprocess.run([CMAKE, f"-DSOURCE={folder}", *more, "-P",
                        os.path.join(SOURCE, "tools/commit.cmake")], check=True, env=env)

    def says(self, folder):
        self.ask(folder, f"-DCODE={self.path('commit.c')}")
        with open(self.path("commit.c")) as file:
            text = file.read()
        return text[text.index(SAID) + len(SAID):].partition('"')[0]

    def unpacked(self, to):
        os.makedirs(to)
        archive = subprocess.run(["git", "-C", self.folder, "archive", "HEAD"], check=True,
                                 stdout=subprocess.PIPE).stdout
        subprocess.run(["tar", "-x", "-C", to], input=archive, check=True)
        return to

    def test_the_file_of_the_source_is_the_template_or_was_written(self):
        with open(os.path.join(SOURCE, "tools/commit.txt")) as file:
            text = file.read()
        if text != TEMPLATE:
            self.assertRegex(text, r"\A[0-9a-f]{40,64}(-dirty)?\n\Z")

    def test_a_clean_work_tree_is_its_commit(self):
        self.assertEqual(self.says(self.folder), self.commit)

    def test_a_changed_or_a_new_file_makes_it_dirty(self):
        new = os.path.join(self.folder, "new.c")
        open(new, "w").close()
        self.assertEqual(self.says(self.folder), self.commit + "-dirty")
        os.unlink(new)
        self.assertEqual(self.says(self.folder), self.commit)
        with open(os.path.join(self.folder, ".gitattributes"), "a") as file:
            file.write("# changed\n")
        self.assertEqual(self.says(self.folder), self.commit + "-dirty")

    def test_the_next_commit_is_said_and_the_same_writes_nothing(self):
        self.says(self.folder)
        before = os.stat(self.path("commit.c")).st_mtime_ns
        self.says(self.folder)
        self.assertEqual(os.stat(self.path("commit.c")).st_mtime_ns, before)
        self.git("commit", "-q", "--allow-empty", "-m", "two")
        self.assertEqual(self.says(self.folder), self.git("rev-parse", "HEAD"))
        self.assertNotEqual(self.says(self.folder), self.commit)

    def test_an_archive_carries_it(self):
        self.assertEqual(self.says(self.unpacked(self.path("archive"))), self.commit)

    def test_an_archive_inside_another_repository_is_not_that_one(self):
        inside = self.unpacked(os.path.join(self.folder, "inside"))
        self.git("commit", "-q", "--allow-empty", "-m", "two")
        self.assertEqual(self.says(inside), self.commit)

    def test_a_copy_without_git_does_not_know(self):
        copy = self.path("copy")
        shutil.copytree(self.folder, copy, ignore=shutil.ignore_patterns(".git"))
        self.assertEqual(self.says(copy), "not known: the source has no git")
        self.ask(copy, f"-DTEXT={self.path('text')}")
        self.assertFalse(os.path.exists(self.path("text")))

    def test_a_copy_that_was_told_knows(self):
        copy = self.path("copy")
        shutil.copytree(self.folder, copy, ignore=shutil.ignore_patterns(".git"))
        open(os.path.join(self.folder, "new.c"), "w").close()
        self.ask(self.folder, f"-DTEXT={copy}/tools/commit.txt")
        self.assertEqual(self.says(copy), self.commit + "-dirty")

    def test_what_is_no_commit_is_not_said(self):
        copy = self.unpacked(self.path("copy"))
        for text in ("", "abc\\n\";system(\"x\");//\n", "-dirty\n", "g" * 40 + "\n"):
            with open(os.path.join(copy, "tools/commit.txt"), "w") as file:
                file.write(text)
            self.assertEqual(self.says(copy), "not known: the source has no git")

    def test_a_repository_without_commits_does_not_know(self):
        shutil.rmtree(os.path.join(self.folder, ".git"))
        self.git("init", "-q")
        self.assertEqual(self.says(self.folder), "not known: git does not tell")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
