#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sqlite.py FILE - reads a database as SQLite does: it is whole, its keys hold, its columns are
documented; and all of it is what the JSON summary says, if UNFLUSHED_SUMMARY names that.

Prints of each view its rows: name, groups, certain, possible; of the events: "event", their
kind, producer, socket, a, b, times; of the stalls: "stall", socket, began, took, cause.
"""
import json
import os
import re
import sqlite3
import sys

VIEWS = ["loss_by_site", "loss_by_topic", "loss_by_minute", "loss_by_broker"]
AMOUNTS = ["produced", "rejected", "delivered", "unconfirmed", "failed", "purged", "outstanding",
           "unsent", "in_flight"]

database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
database.row_factory = sqlite3.Row


def rows(sql, *values):
    return [dict(row) for row in database.execute(sql, values)]


def same(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: {got!r} in the database, {wanted!r} in the summary")


def documented():
    for name, sql in database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"):
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({name})")]
        told = re.findall(r'^  "(\w+)" [A-Z ]+, -- \S.*$', sql, re.M)
        if told != columns or not re.match(r"CREATE TABLE \w+ \( -- \S", sql):
            sys.exit(f"{name}: not every column is documented")
    for name, sql in database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'"):
        if not re.search(r"^-- \S", sql, re.M):
            sys.exit(f"{name}: it is not documented")


def added(values):
    """As the summary adds: what is not known makes the sum unknown."""
    values = list(values)
    return None if None in values else sum(values)


def compare_producer(where, got, wanted):
    same(where + " verdict", got["verdict"], wanted["verdict"])
    for amount in AMOUNTS:
        same(where + amount, got[amount], wanted["messages"][amount])
        same(where + amount, got[amount + "_bytes"], wanted["bytes"][amount])
    same(where + "certain", got["lost_certain"], wanted["losses"]["certain"])
    same(where + "possible", got["lost_possible"], wanted["losses"]["possible"])
    topics = rows("SELECT * FROM topic WHERE process = ? AND producer = ? ORDER BY topic",
                  got["process"], got["producer"])
    same(where + "topics", [(row["name"], row["partition"], row["produced"], row["lost_least"])
                            for row in topics],
         [(topic["topic"], topic["partition"], topic["messages"]["produced"],
           topic["lost_least"]) for topic in wanted["topics"]])
    for number, site in enumerate(wanted["call_sites"]):
        keys = got["process"], got["producer"], number
        row, = rows("SELECT * FROM site WHERE process = ? AND producer = ? AND site = ?", *keys)
        for amount in "produced", "outstanding", "unsent", "lost_least", "possible_least":
            same(where + amount, row[amount], site["messages"][amount])
        frames = rows("SELECT * FROM frame WHERE process = ? AND producer = ? AND site = ? "
                      "ORDER BY frame", *keys)
        same(where + "frames", [(frame["function"], frame["file"], frame["line"])
                                for frame in frames],
             [(frame["function"], frame["file"], frame["line"]) for frame in site["frames"]])


def compare_process(number, wanted):
    got, = rows("SELECT * FROM process WHERE process = ?", number)
    where = f"process {number}: "
    for key in "pid", "exe", "trace", "verdict", "duration_ns", "dropped_events":
        same(where + key, got[key], wanted[key])
    same(where + "argv", json.loads(got["argv"]), wanted["argv"])
    producers = rows("SELECT * FROM producer WHERE process = ? ORDER BY producer", number)
    same(where + "producers", len(producers), len(wanted["producers"]))
    for row, producer in zip(producers, wanted["producers"]):
        compare_producer(where, row, producer)
    same(where + "sockets",
         [(row["peer"], row["accepted_bytes"], row["stalls"], row["fill_max"], row["end_how"])
          for row in rows("SELECT * FROM socket WHERE process = ? ORDER BY socket", number)],
         [(socket["peer"], socket["bytes"]["accepted"], socket["stalls"]["count"],
           socket["fill"]["max"], socket["end"]["how"]) for socket in wanted["sockets"]])
    same(where + "findings",
         [(row["id"], row["signature"], row["text"], json.loads(row["evidence"]))
          for row in rows("SELECT * FROM finding WHERE process = ? ORDER BY finding", number)],
         [(finding["id"], finding["signature"]["digits"], finding["text"], finding["evidence"])
          for finding in wanted["findings"]])


def compare(summary):
    run, = rows("SELECT * FROM run")
    for key in "verdict", "headline", "left_out", "copies", "without_kafka":
        same(key, run[key], summary[key])
    same("certain", run["lost_certain"], summary["losses"]["certain"])
    same("possible", run["lost_possible"], summary["losses"]["possible"])
    same("processes", rows("SELECT count(*) AS n FROM process")[0]["n"],
         len(summary["processes"]))
    for number, process in enumerate(summary["processes"]):
        compare_process(number, process)
    for view in VIEWS:
        lines = rows(f"SELECT * FROM {view}")
        for sum_of in "certain", "possible":
            same(f"{view}: {sum_of}", added(line[sum_of] for line in lines),
                 summary["losses"][sum_of])
            if any(line[sum_of] is not None and line[sum_of] < 0 for line in lines):
                sys.exit(f"{view}: less than nothing was lost")
    topics = {}
    for process in summary["processes"]:
        for producer in process["producers"]:
            for topic in producer["topics"]:
                if topic["partition"] is None and topic["topic"] is not None and \
                        topic["lost_least"]:
                    topics[topic["topic"]] = topics.get(topic["topic"], 0) + topic["lost_least"]
    same("loss_by_topic", topics, {row["topic"]: row["certain"] for row in rows(
        "SELECT * FROM loss_by_topic WHERE topic IS NOT NULL AND certain > 0")})


same("integrity", [tuple(row) for row in database.execute("PRAGMA integrity_check")], [("ok",)])
same("keys", [tuple(row) for row in database.execute("PRAGMA foreign_key_check")], [])
documented()
if os.environ.get("UNFLUSHED_SUMMARY"):
    compare(json.load(open(os.environ["UNFLUSHED_SUMMARY"], encoding="utf-8")))
for name in VIEWS:
    for row in database.execute(f"SELECT * FROM {name}"):
        print(name, *("-" if value is None else ascii(value)[1:-1] if isinstance(value, str)
                      else value for value in row))
for row in database.execute("SELECT name, producer, socket, event.a, event.b, times FROM event "
                            "LEFT JOIN event_kind USING (kind) ORDER BY process, event"):
    print("event", *("-" if value is None else value for value in row))
for row in database.execute("SELECT socket, began_ns, took_ns, fill_permille, cause FROM stall "
                            "ORDER BY process, stall"):
    print("stall", *("-" if value is None else value for value in row))
