# SPDX-License-Identifier: Apache-2.0
"""changelog.py - CHANGELOG.md in Debian's form

    changelog.py CHANGELOG.md VERSION RELEASE MAINTAINER OUT

Its sections are `## VERSION - YYYY-MM-DD`, each with `- ` items. The newest is VERSION: that of
CMakeLists.txt, and so that of the packages.
"""
import datetime
import email.utils
import re
import sys
import textwrap


def sections(text):
    """(version, date, items) of each section, the newest first."""
    parts = re.split(r"^## (\S+) - (\d{4}-\d\d-\d\d)$", text, flags=re.M)
    for version, date, body in zip(parts[1::3], parts[2::3], parts[3::3]):
        items = [" ".join(item.split()) for item in re.split(r"^- ", body, flags=re.M)[1:]]
        if not items:
            sys.exit(f"changelog.py: {version} has no item")
        yield version, date, items


def main(path, version, release, maintainer, out):
    found = list(sections(open(path, encoding="utf-8").read()))
    if not found or found[0][0] != version:
        sys.exit(f"changelog.py: {path} begins with {found[0][0] if found else 'nothing'}, "
                 f"and this is version {version}")
    with open(out, "w", encoding="utf-8") as to:
        for number, date, items in found:
            day = datetime.datetime.strptime(date + " +0000", "%Y-%m-%d %z")
            to.write(f"unflushed ({number}-{release}) unstable; urgency=medium\n\n")
            for item in items:
                to.write(textwrap.fill(item, 78, initial_indent="  * ",
                                       subsequent_indent="    ", break_on_hyphens=False) + "\n")
            to.write(f"\n -- {maintainer}  {email.utils.format_datetime(day)}\n\n")


main(*sys.argv[1:])
