# SPDX-License-Identifier: Apache-2.0
"""judge.py - holds one report against what the broker has; prints a row's last four fields

    judge.py [--must WORDS] SUMMARY waits|hidden|forgets|either|written
             api|wire|unseen|any COUNT TRUTH STATUS OUTPUT [TRACES]

WORDS are what this report must say, and no law can know: ID, one of its findings; ID~TEXT,
which says TEXT, or whose fix does ("_" is a space, too), where ID may also be why, the
summary's, or change, of any finding, or where, the line of its call site: "FUNCTION at
FILE:LINE"; !ID, !ID~TEXT: it must not; rejected=N, retried=N;
refused_bytes=N, of their keys and values; made=N, producers of which it is known where they
were made; ERROR=N, messages refused by this error.
COUNT may be "?": as many as the API layer counted. It knows only
laws, never what a client is expected to lose. "hidden" is a program that waits where nobody
can see it, in its own callbacks; "written" one that dies when all is written and
nothing is answered: who calls that more or less than at_risk claims to know. TRUTH
is the number of records in the topic, all of them COUNT's program's. Any API layer:
produced is COUNT, the counts add up, delivered <= truth <= what may have left.
Clean: all is there, and the program waits. A verdict of a loss needs a loss; at_risk
with acks=0 a connection that ended as a reset.
Where only the wire, or nothing, was seen: never clean. The first line's numbers are
held against the topic: what it says never arrived is missing, and what is missing it
says, or that it may be lost. Of a row that disagrees
one more field says what it is to be explained by.

COUNT:READABLE is a program that ends not all of its transactions by a commit.
TRUTH is then what a read_committed consumer gets, and must be READABLE: who
aborts has failed, and knows; who leaves one open has lost.
"""
import json
import re
import sys

from evidence import evidence

KEYS = ("produced", "rejected", "delivered", "unconfirmed", "failed", "purged",
        "outstanding", "unsent", "in_flight")
WORSE = ("lost", "at_risk", "racy", "unproven")
CERTAIN = re.compile(r"(?:all ([\d,]+) messages|([\d,]+) of [\d,]+ messages|the only message)"
                     r"\b.* never arrived")
MORE = re.compile(r"; ([\d,]+) more may be lost$")


def add(numbers):
    numbers = list(numbers)
    return None if None in numbers else sum(numbers)


def place(summary):
    """Where most was lost, as the report says it."""
    where = summary.get("where")
    if not where:  # nothing is certain: where the worst fault points
        first = (summary.get("signatures") or [{}])[0].get("where") or {}
        return f"{first.get('function')} at {first.get('file')}:{first.get('line')}"
    producer = summary["processes"][where["process"]]["producers"][where["producer"]]
    site = producer["call_sites"][where["call_site"]]
    frame = site["frames"][site["place"]]
    return "%s at %s:%s" % (frame["function"], frame["file"], frame["line"])


class Report:
    def __init__(self, summary):
        self.verdict = summary["verdict"]
        processes = summary["processes"]
        self.producers = [one for process in processes for one in process["producers"]
                          if one["client"] != "wire"
                          and one["messages"]["produced"] != 0]
        self.sockets = [one for process in processes for one in process["sockets"]
                        if one["kafka"]]
        self.messages = {key: add(one["messages"][key] for one in self.producers)
                         for key in KEYS}
        self.requests = add(one["requests"]["produce"] for one in self.sockets)
        self.records = add(one["requests"]["records"] for one in self.sockets)
        self.answered = add(one["requests"]["answered"] for one in self.sockets)
        self.tls = any(one["tls"] for one in self.sockets)
        # A connection of acks=0 that ended with input unread (over TLS: the server's session
        # tickets): closing it is a reset, which may drop what was not read there.
        self.reset = any(one.get("acks") == 0 for one in self.producers) and any(
            one["end"]["unread_bytes"]
            for process in processes for one in process["sockets"] if one.get("end"))
        self.findings = [one["id"] for process in processes for one in process["findings"]]
        self.sentences = [(one["id"], " ".join(str(one.get(key)) for key in
                                               ("text", "change", "fix")))
                          for process in processes for one in process["findings"]]
        self.sentences += [("change", str(one.get("change")))
                           for process in processes for one in process["findings"]]
        self.sentences.append(("why", str(summary.get("why"))))
        self.sentences.append(("where", place(summary)))
        self.retried = add(one.get("rejected", {}).get("retried") for one in self.producers)
        self.flushes = [one["flush"] for one in self.producers if "flush" in one]
        self.refused_bytes = add(one.get("bytes", {}).get("rejected")
                                 for one in self.producers)
        self.refused = {}
        for error in (error for one in self.producers for error in one.get("errors", ())):
            if error["count"] == "rejected":
                name = error["name"]
                self.refused[name] = self.refused.get(name, 0) + error["messages"]
        self.headline = summary.get("headline", "")
        self.losses = summary.get("losses", {"certain": None, "possible": None})
        self.told = sum(one[end]["application"] or 0 for one in self.producers
                        for end in ("failed_told", "purged_told") if end in one)

    def layer(self):
        if self.producers:
            return "api"
        return "wire" if self.requests else "unseen"

    def counts(self):
        if self.producers:
            known = [(key, self.messages[key]) for key in ("produced", "delivered")]
            text = " ".join("%s %s" % (key, "?" if count is None else count)
                            for key, count in known)
            for key in ("unconfirmed", "failed", "purged", "rejected"):
                if self.messages[key]:
                    text += " %s %d" % (key, self.messages[key])
            out, unsent = self.messages["outstanding"], self.messages["unsent"]
            if out is None:
                text += " outstanding ?"
            elif out:
                text += " outstanding %d (unsent %s)" % (out, "?" if unsent is None else unsent)
            return text
        if self.requests:
            return "wire: %s records in %d requests, %s answered" % (
                "?" if self.records is None else self.records, self.requests,
                "?" if self.answered is None else self.answered)
        return "-"


def judge_sums(m, count):
    """What holds whatever the topic has."""
    if m["produced"] != count:
        yield "produced %d of %d" % (m["produced"], count)
    ends = [m[key] for key in ("delivered", "unconfirmed", "failed", "purged", "outstanding")]
    if None not in ends and sum(ends) != m["produced"]:
        yield "the counts do not add up"
    if None not in (m["outstanding"], m["unsent"], m["in_flight"]) \
            and m["unsent"] + m["in_flight"] != m["outstanding"]:
        yield "unsent and in flight are not what is outstanding"


def judge_transactions(report, waited, count, readable, truth):
    """What is delivered and not committed is there, for nobody to read."""
    m = report.messages
    if truth != readable:
        yield "%d can be read, not %d" % (truth, readable)
    if report.layer() != "api" or m["produced"] is None:
        return
    yield from judge_sums(m, count)
    if m["delivered"] is not None and m["delivered"] < truth:
        yield "delivered %d, and %d can be read" % (m["delivered"], truth)
    if waited == "forgets" and report.verdict != "lost":
        yield "a transaction is open, and it is called " + report.verdict


def judge_counts(report, count, truth):
    """The API layer: numbers against the topic."""
    m = report.messages
    if m["produced"] is None:
        if None not in (m["delivered"], ) and m["delivered"] > truth:
            yield "delivered %d of %d there" % (m["delivered"], truth)
        return
    yield from judge_sums(m, count)
    if m["delivered"] is not None and m["delivered"] > truth:
        yield "delivered %d of %d there" % (m["delivered"], truth)
    missing = m["produced"] - truth
    if m["unsent"] is not None and m["unsent"] > missing:
        yield "unsent %d, missing %d" % (m["unsent"], missing)
    if missing < 0:
        yield "%d there, more than produced" % truth
    if report.verdict == "clean" and missing > 0:
        yield "clean, and %d are missing" % missing
    known = truth + (m["failed"] or 0) + (m["purged"] or 0)
    if report.verdict == "failed" and known < m["produced"]:
        yield "failed, and %d more are missing" % missing


def judge_flushes(report):
    """Each takes time, however little: no client is quicker than a nanosecond."""
    if any(one["calls"] and not one["waited_ns"] for one in report.flushes):
        yield "a flush took no time"


def judge_made(report):
    """Where its lines are known, so is where it was made: if in this process, and aiokafka's if
    its classes were there before a loop was (made=N asks for it)."""
    if "produced-after-fork" in report.findings:
        return
    for one in report.producers:
        if one["client"] == "aiokafka":
            continue
        if one.get("call_sites") and "made_at" in one and not one["made_at"]:
            yield "nobody knows where %s was made" % (one["name"] or one["client_id"] or "it")


def is_said(report, name, text):
    return any(one == name and text.replace("_", " ") in sentence.replace("_", " ")
               for one, sentence in report.sentences)


def judge_must(report, words):
    numbers = {"rejected": report.messages["rejected"], "retried": report.retried,
               "refused_bytes": report.refused_bytes,
               "made": sum(bool(one.get("made_at")) for one in report.producers)}
    for word in words:
        name, equals, count = word.partition("=")
        found = numbers[name] if name in numbers else report.refused.get(name, 0)
        finding, _, text = word.lstrip("!").partition("~")
        if equals and found != int(count):
            yield "%s is %s, not %s" % (name, found, count)
        elif not equals and is_said(report, finding, text) == word.startswith("!"):
            yield "it does not say " + word if word[0] != "!" else "it says " + word[1:]


def number(text):
    return int(text.replace(",", ""))


def judge_headline(report, missing):
    """The first line: what certainly did not arrive, and what may have."""
    certain, more = CERTAIN.match(report.headline), MORE.search(report.headline)
    if report.verdict != "lost" or not certain:
        return
    gone = number(certain.group(1) or certain.group(2) or "1")
    possible = number(more.group(1)) if more else 0
    if (gone, possible) != (report.losses["certain"], report.losses["possible"]):
        yield "the first line says %d and %d, the summary %s and %s" % (
            gone, possible, report.losses["certain"], report.losses["possible"])
    if gone > missing:
        yield "%d never arrived, it says, and %d are missing" % (gone, missing)
    if gone + possible + report.told < missing and "aborted-transaction" not in report.findings:
        yield "%d are missing, and it says %d and %d" % (missing, gone, possible)


def judge_wire(report, truth):
    """Nobody counted messages: a verdict of a loss rests on the wire alone."""
    if report.verdict == "clean":
        yield "clean, though nobody could look into the client"
    seen = not report.tls and report.records is not None and report.requests
    if seen and report.records < truth:
        yield "the wire saw %d records, %d are there" % (report.records, truth)


def judge_waited(report, waited, count, readable, truth, status):
    api = report.layer() == "api"
    if waited == "waits":
        may_drop = report.reset and report.verdict == "at_risk"
        if truth != (count if readable is None else readable) and not may_drop:
            yield "it waits, and %d of %d are there" % (truth, count)
        if status != 0:
            yield "it ended with %d" % status
        aborted = count - readable if readable is not None else 0
        right = ("failed" if aborted else "clean",) if api else ("blind",)
        if api and 0 < aborted <= readable:
            right += ("clean",)  # if those were committed after the abort
        if may_drop:
            right += ("at_risk",)
        if report.verdict not in right:
            yield "a correct producer is called " + report.verdict
    elif waited == "hidden":
        if truth != count:
            yield "it waits, and %d of %d are there" % (truth, count)
        if report.verdict not in ("clean", "unproven", "blind"):
            yield "a correct producer is called " + report.verdict
    elif waited == "written":
        if report.verdict != "at_risk":
            yield "written and unanswered, and called " + report.verdict
        if report.messages["unsent"]:
            yield "unsent %d of what was written" % report.messages["unsent"]
    elif waited == "forgets":
        known = api and report.messages["outstanding"] is not None
        allowed = WORSE if known else WORSE + ("blind",)
        if report.verdict not in allowed:
            yield "it does not wait, and is called " + report.verdict
    if report.verdict == "racy" and truth < count:
        yield "racy, and %d are missing" % (count - truth)
    if report.verdict == "lost" and truth >= count and "cut-frame" not in report.findings:
        yield "lost, and all are there"


def judge(report, waited, layer, count, readable, truth, status):
    # A program that does not wait may end before its first request: then no wire judges.
    nothing_went = (layer, report.layer(), waited, truth) == ("wire", "unseen", "forgets", 0)
    if layer not in ("any", report.layer()) and not nothing_went:
        yield "judged by %s, not by %s" % (report.layer(), layer)
    if readable is not None:
        yield from judge_transactions(report, waited, count, readable, truth)
    elif report.layer() == "api":
        yield from judge_counts(report, count, truth)
    else:
        yield from judge_wire(report, truth)
    yield from judge_flushes(report)
    yield from judge_made(report)
    yield from judge_headline(report, count - truth)
    yield from judge_waited(report, waited, count, readable, truth, status)


def main():
    args = sys.argv[1:]
    must = args[1].split() if args[0] == "--must" else []
    args = args[2:] if args[0] == "--must" else args
    path, waited, layer, count, truth, status, output = args[:7]
    traces = "".join(args[7:])
    truth, status = int(truth), int(status)
    try:
        with open(path) as file:
            report = Report(json.load(file))
    except (OSError, ValueError) as why:
        print("-\t-\t-\tdisagree: no report, status %d (%s)\t%s" % (
            status, why, evidence(path, output, traces)))
        return
    count, _, readable = count.partition(":")
    if count == "?":
        count = report.messages["produced"] or truth
    count, readable = int(count), int(readable) if readable else None
    wrong = [*judge(report, waited, layer, count, readable, truth, status),
             *judge_must(report, must)]
    outcome = "agree"
    if wrong:
        outcome = "disagree: " + "; ".join(wrong)
        outcome += "\t" + evidence(path, output, traces)
    print("\t".join((report.verdict, report.counts(), "%d of %d" % (truth, count), outcome)))


if __name__ == "__main__":
    main()
