#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""html_page.py FILE - reads a page as browsers do, by lxml (libxml2), and as strictly as none of
them does, by Python's own parser: each element must be closed in its order.

Refuses what is not ours to write: an element or an attribute that is not in the lists below (so
none that runs a script or asks a network), a policy that allows more than the styles and
scripts that are there, a table without caption or whose rows are not as wide as its head, an id
that comes twice, a summary that the schema refuses.

Prints: title, h1, each dt with its dd's, each row of a table behind its caption, the other
texts, with a tab between the parts of each.
"""
import base64
import hashlib
import html.parser
import json
import os
import re
import sys

try:
    import jsonschema
    import lxml.html
except ImportError as error:
    print(f"{error.name} for Python is not here")
    sys.exit(77)

ELEMENTS = set("""html head meta title style body main header footer section article h1 h2 h3 h4 p
    span b code pre a ul li dl dt dd div table caption thead tbody tr th td figure figcaption
    details summary svg rect script""".split())
ATTRIBUTES = set("""lang charset http-equiv content name id class scope href open hidden type
    aria-labelledby aria-hidden focusable data-v data-end viewbox preserveaspectratio x width
    height""".split())
VOID = {"meta"}
SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../../tools/schema",
                      "unflushed.summary-1.json")


class Strict(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in ELEMENTS:
            sys.exit(f"<{tag}> in line {self.getpos()[0]}")
        for name, value in attrs:
            if name not in ATTRIBUTES:
                sys.exit(f"{name}={value!r} of <{tag}> in line {self.getpos()[0]}")
            if name == "href" and not re.fullmatch(r"#[a-z][a-z0-9-]*", value):
                sys.exit(f"a link to {value!r}")
        if len({name for name, _ in attrs}) != len(attrs):
            sys.exit(f"<{tag}> has an attribute twice")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            sys.exit(f"</{tag}> in line {self.getpos()[0]} closes another")

    def handle_comment(self, data):
        sys.exit(f"a comment: {data!r}")


def words(element):
    return " ".join(element.text_content().split())


def hold_policy(page):
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    wanted = {}
    for kind, name in ("style", "style-src"), ("script", "script-src"):
        texts = [one.text for one in page.iter(kind) if one.get("type") != "application/json"]
        wanted[name] = ["'sha256-%s'" % base64.b64encode(
            hashlib.sha256(text.encode()).digest()).decode() for text in texts]
    held = dict(part.strip().split(" ", 1) for part in policy[0].split(";"))
    if len(policy) != 1 or held.pop("default-src") != "'none'":
        sys.exit(f"no policy, or not by default: {policy}")
    for name in wanted:
        if sorted(held.pop(name).split()) != sorted(wanted[name]):
            sys.exit(f"{name} does not name what is there")
    if set(held.values()) != {"'none'"}:
        sys.exit(f"the policy allows more: {held}")


def hold_texts(page):
    """Nothing in a style or a script of ours names an address."""
    for one in page.iter("style", "script"):
        if one.get("type") == "application/json":
            continue
        # The banner of uPlot says where it comes from.
        text = re.sub(r"\A/\*! https://\S+ \(v[0-9.]+\) \*/", "", one.text)
        found = re.search(r"https?:|url\(|@import|//[a-z]+\.", text)
        if found:
            sys.exit(f"{found[0]} in a <{one.tag}>")


def hold_ids(page):
    ids = page.xpath("//@id")
    if len(set(ids)) != len(ids):
        sys.exit("an id comes twice")
    for name in [link[1:] for link in page.xpath("//@href")] + page.xpath("//@aria-labelledby"):
        if name not in ids:
            sys.exit(f"nothing has the id {name}")


def table(one):
    caption = words(one.find("caption"))
    heads = one.xpath("thead/tr/*")
    if any(head.tag == "th" and head.get("scope") != "col" for head in heads):
        sys.exit(f"a head of '{caption}' has no scope")
    if any(row.get("scope") != "row" for row in one.xpath("tbody/tr/th")):
        sys.exit(f"a row's head in '{caption}' has no scope")
    for row in one.xpath("thead/tr | tbody/tr"):
        cells = row.xpath("th | td")
        if len(cells) != len(heads):
            sys.exit(f"a row of '{caption}' has {len(cells)} cells, not {len(heads)}")
        print("\t".join([caption] + [words(cell) for cell in cells]))


def main(path):
    data = open(path, "rb").read()
    text = data.decode("utf-8")
    if re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text):
        sys.exit("a character that is not seen, or turns the others")
    strict = Strict()
    strict.feed(text)
    strict.close()
    if strict.open:
        sys.exit(f"not closed: {strict.open}")
    page = lxml.html.document_fromstring(data, parser=lxml.html.HTMLParser(encoding="utf-8",
                                                                           huge_tree=True))
    hold_policy(page)
    hold_texts(page)
    hold_ids(page)
    summary = page.get_element_by_id("summary").text
    jsonschema.Draft7Validator(json.load(open(SCHEMA))).validate(json.loads(summary))
    print("title\t" + words(page.find("head/title")))
    for one in page.iter("h1", "h3", "p", "li", "dt", "figcaption", "table"):
        if one.tag == "table":
            table(one)
        elif one.tag == "dt":
            answers = []
            after = one.getnext()
            while after is not None and after.tag == "dd":
                answers.append(words(after))
                after = after.getnext()
            print("\t".join([words(one)] + answers))
        else:
            print(one.tag + "\t" + words(one))


main(sys.argv[1])
