#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_rooms.py - each law of rooms.py is broken once on purpose, and must say so.

A house of three rooms is made in an empty folder: low may use nothing, high may use low,
side is a room beside them. It holds all laws; each test then breaks one.

    test_rooms.py CC          CC: the C compiler to build the house with
"""
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CC = "cc"
ROWS = """
ROOM(shim, low,  )
ROOM(shim, high, low)
ROOM(shim, side, )
FROM(      side, door.c, low)
ROOM(tools, face, )
HEADER(     face, mask, open.h)
ROOM(tools, mask, )
"""
HOUSE = {
    "tests/rows/rooms.def": ROWS,
    "shim/low/a.c": '#include "low/a.h"\nint a_one(void) { return 1; }\n',
    "shim/low/a.h": "int a_one(void);\n",
    "shim/low/b.c": '#include "low/a.h"\nint b_one(void) { return a_one(); }\n',
    "shim/high/c.c": '#include "low/a.h"\nint c_one(void) { return a_one(); }\n',
    "shim/side/door.c": '#include "low/a.h"\nint door_one(void) { return a_one(); }\n',
    "shim/side/wall.c": "int wall_one(void) { return 1; }\n",
    "tools/face/f.c": '#include "mask/open.h"\nint f_one(void) { return open_one(); }\n',
    "tools/mask/open.h": "int open_one(void);\n",
    "tools/mask/m.c": "int open_one(void) { return 1; }\nint shut_one(void) { return 1; }\n",
}


class House(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.top = self.folder.name
        for path, text in HOUSE.items():
            self.write(path, text)
        for room in "shim/low", "shim/high", "shim/side", "tools/face", "tools/mask":
            self.write(room + "/README.md", "A room.\n")

    def tearDown(self):
        self.folder.cleanup()

    def write(self, path, text):
        path = os.path.join(self.top, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    def build(self):
        """Compiles every source and returns the list of objects."""
        listed = os.path.join(self.top, "objects")
        with open(listed, "w") as file:
            for side in "shim", "tools":
                for folder, _, names in os.walk(os.path.join(self.top, side)):
                    for name in [name for name in names if name.endswith(".c")]:
                        source = os.path.join(folder, name)
                        place = os.path.relpath(source, os.path.join(self.top, side))
                        made = os.path.join(self.top, "build", side + ".dir", place + ".o")
                        os.makedirs(os.path.dirname(made), exist_ok=True)
                        subprocess.run([CC, "-c", "-I", os.path.join(self.top, "shim"), "-I",
                                        os.path.join(self.top, "tools"), "-o", made, source],
                                       check=True)
                        print(made, file=file)
        return listed

    def law(self, name):
        done = subprocess.run([sys.executable, os.path.join(HERE, "rooms.py"), name, self.top,
                               self.build()], text=True, capture_output=True)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.returncode, 1 if done.stdout else 0)
        return done.stdout

    def breaks(self, law, *words):
        said = self.law(law)
        for word in words:
            self.assertIn(word, said)

    def test_a_house_that_keeps_the_laws_passes_them_all(self):
        for law in "folders", "includes", "calls", "circles":
            self.assertEqual(self.law(law), "", law)

    def test_an_include_that_is_not_allowed_is_named(self):
        self.write("shim/low/b.c", '\n#include "high/c.h"\n')
        self.write("shim/high/c.h", "")
        self.breaks("includes", "shim/low/b.c:2", "low may not include", "high/c.h")

    def test_an_include_that_names_no_room_is_named(self):
        self.write("shim/low/b.c", '#include "a.h"\n')
        self.breaks("includes", "shim/low/b.c:1", '"a.h", which names no room')

    def test_a_header_of_a_room_that_only_another_header_is_open_of_is_named(self):
        self.write("tools/face/f.c", '#include "mask/shut.h"\n')
        self.write("tools/mask/shut.h", "")
        self.breaks("includes", "tools/face/f.c:1", "mask/shut.h")

    def test_an_include_that_only_one_file_of_the_room_may_make_is_named(self):
        self.write("shim/side/wall.c", '#include "low/a.h"\n')
        self.breaks("includes", "shim/side/wall.c:1", "side may not include")

    def test_the_shim_including_the_tools_is_named(self):
        self.write("shim/high/c.c", '#include "face/f.h"\n')
        self.write("tools/face/f.h", "")
        self.breaks("includes", "shim/high/c.c:1", "high may not include")

    def test_a_call_that_is_not_allowed_is_named_with_symbol_and_caller(self):
        self.write("shim/low/b.c", "int c_one(void); int b_one(void) { return c_one(); }\n")
        self.breaks("calls", "low/b.c.o", "b_one()", "c_one", "low may not use high")

    def test_a_variable_that_is_not_allowed_is_named(self):
        self.write("shim/high/c.c", "int c_many = 2;\n")
        self.write("shim/side/wall.c", "extern int c_many; int *wall_many = &c_many;\n")
        self.breaks("calls", "side/wall.c.o", "its data", "c_many", "side may not use high")

    def test_a_call_of_what_the_open_header_does_not_name_is_named(self):
        self.write("tools/face/f.c", "int shut_one(void); int f(void) { return shut_one(); }\n")
        self.breaks("calls", "face/f.c.o", "shut_one", "face may not use mask")

    def test_a_circle_of_two_files_in_one_room_is_named(self):
        self.write("shim/low/a.c", "int b_one(void); int a_one(void) { return b_one(); }\n")
        self.breaks("circles", "a circle of low/a.c.o, low/b.c.o", "low/a.c.o uses b_one")

    def test_a_circle_through_a_third_file_is_named(self):
        self.write("shim/low/a.c", "int d_one(void); int a_one(void) { return d_one(); }\n")
        self.write("shim/low/d.c", "int b_one(void); int d_one(void) { return b_one(); }\n")
        self.breaks("circles", "a circle of low/a.c.o, low/b.c.o, low/d.c.o")

    def test_a_folder_that_is_no_room_is_named(self):
        self.write("shim/attic/x.c", "int x_one(void) { return 1; }\n")
        self.assertIn("shim/attic/x.c: its folder is no room",
                      subprocess.run([sys.executable, os.path.join(HERE, "rooms.py"), "folders",
                                      self.top, "/dev/null"], text=True,
                                     capture_output=True).stdout)

    def test_a_room_without_a_page_is_named(self):
        os.unlink(os.path.join(self.top, "shim/low/README.md"))
        self.breaks("folders", "shim/low: no README.md")

    def test_a_room_of_too_many_sources_is_named(self):
        for i in range(30):
            self.write(f"shim/side/x{i}.c", "")
        self.breaks("folders", "shim/side: 32 sources")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        CC = sys.argv.pop(1)
    unittest.main()
