# SPDX-License-Identifier: Apache-2.0
"""answers.py - runs the commands of the manual's DATABASES and holds their answers to the summary

    answers.py MANUAL FOLDER ENGINE VERSION

In MANUAL a line `.\\" run: ENGINE QUESTION [rest] [fetches]` stands before each block that is to
be run; ENGINE is sqlite3, duckdb, clickhouse or sh. QUESTION is topic or site: what was certainly
lost by that; rest: with the row of what is not known of any. What fetches something may fail for
want of a network, which a row says. FOLDER holds u.json, u.jsonl and u.db, and the commands are
run there. A row of the field's table for each block of ENGINE; what it needs of sh is run first.
"""
import json
import os
import re
import subprocess
import sys

UNTROFF = {r"\-": "-", r"\(aq": "'", r"\e": "\\", r"\&": ""}


def blocks(manual):
    """(engine, words, text) of each that is marked."""
    with open(manual) as file:
        text = file.read()
    for head, body in re.findall(r'^\.\\" run: ([^\n]+)\n\.nf\n(.+?)^\.fi$', text, re.M | re.S):
        for escape, plain in UNTROFF.items():
            body = body.replace(escape, plain)
        yield head.split()[0], head.split()[1:], body


def truth(summary, question, rest):
    """{name: messages}, of the summary alone."""
    lost = {}
    for process in summary["processes"]:
        for producer in process["producers"]:
            if question == "topic":
                named = [(topic["topic"], topic["lost_least"]) for topic in producer["topics"]
                         if topic["partition"] is None]
            else:
                named = [(tuple(site["frames"][site["place"]][key]
                                for key in ("function", "file", "line")),
                          site["messages"]["lost_least"])
                         for site in producer["call_sites"] if site["place"] is not None]
            for name, messages in named:
                if messages:
                    lost[name] = lost.get(name, 0) + messages
    if rest:
        nobody = None if question == "topic" else (None, None, None)
        lost[nobody] = summary["losses"]["certain"] - sum(lost.values())
    return lost


def answer(rows, question):
    if question == "topic":
        return {row[0]: int(row[1]) for row in rows}
    return {(row[0], row[1], None if row[2] is None else int(row[2])): int(row[3])
            for row in rows}


def statements(text):
    return [one for one in text.split(";") if one.strip()]


def of_sqlite3(text):
    import sqlite3
    for statement in statements(text):
        rows = sqlite3.connect("u.db").execute(statement).fetchall()
    return rows


def of_duckdb(text):
    import duckdb
    connection = duckdb.connect()
    for statement in statements(text):
        rows = connection.execute(statement).fetchall()
    return rows


def of_clickhouse(text):
    from chdb import session
    connection = session.Session()
    for statement in statements(text):
        lines = str(connection.query(statement, "JSONCompactEachRow"))
    connection.close()
    return [json.loads(line) for line in lines.splitlines()]


ENGINES = {"sqlite3": of_sqlite3, "duckdb": of_duckdb, "clickhouse": of_clickhouse}


def row(version, words, outcome, counts="-", wanted="-"):
    print(version, "-", " ".join(words), "-", counts, wanted, outcome, sep="\t")


def held(engine, version, words, text, summary):
    question, rest = words[0], "rest" in words
    wanted = truth(summary, question, rest)
    try:
        got = answer(ENGINES[engine](text), question)
    except Exception as error:
        why = " ".join(str(error).split())[:90]
        if "fetches" in words:
            row(version, words, f"skipped: it fetches its extension: {why}")
        else:
            row(version, words, f"disagree: {why}")
        return
    row(version, words, "agree" if got == wanted and wanted else f"disagree: {got}",
        str(sum(got.values())), str(sum(wanted.values())))


def main(manual, folder, engine, version):
    manual = os.path.abspath(manual)
    os.chdir(folder)
    with open("u.json", encoding="utf-8") as file:
        summary = json.load(file)
    run = [block for block in blocks(manual) if block[0] in (engine, "sh")]
    if not any(block[0] == engine for block in run):
        sys.exit(f"{manual} has no commands for {engine}")
    for of, words, text in run:
        if of == "sh":
            subprocess.run(["sh", "-euc", text], check=True)
        else:
            held(engine, version, words, text, summary)


main(*sys.argv[1:])
