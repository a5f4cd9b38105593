#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""markdown.py FILE - reads GitHub's Markdown as markdown-it does.

Prints the headings and paragraphs, and the rows of tables with a tab between cells; refuses
whatever is not plain text in them: links, images, code, emphasis, HTML.
"""
import sys

try:
    from markdown_it import MarkdownIt
except ImportError as error:
    print(f"{error.name} for Python is not here")
    sys.exit(77)

text = open(sys.argv[1], encoding="utf-8", newline="\n").read()
if len(text.encode()) > 1024 * 1024:
    sys.exit("it is more than 1 MiB")
row = None
for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(text):
    if token.type == "tr_open":
        row = []
    elif token.type == "tr_close":
        print("\t".join(row))
        row = None
    elif token.type == "inline":
        for child in token.children:
            if child.type not in ("text", "softbreak"):
                sys.exit(f"{child.type}: {token.content!r}")
        words = "".join(child.content for child in token.children)
        if row is None:
            print(words)
        else:
            row.append(words)
    elif token.type.split("_")[0] not in ("heading", "paragraph", "table", "thead", "tbody",
                                          "th", "td"):
        sys.exit(f"{token.type} in the page")
