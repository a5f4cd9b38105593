# SPDX-License-Identifier: Apache-2.0
"""laws.py - reports made up to be true or false, put to judge.py

    laws.py JUDGE SCRATCH

One row, and one more for each that the judge gets wrong.
"""
import json
import subprocess
import sys

ZERO = dict.fromkeys(("produced", "rejected", "delivered", "unconfirmed", "failed", "purged",
                      "outstanding", "unsent", "in_flight"), 0)


def report(verdict, messages=None, wire=None, findings=(), says=None, ends=None, flush=None,
           made=None):
    """messages: of one producer; wire: records, requests, answered; says: the first line,
    and the losses of the summary; ends: with acks=0, bytes unsent and unread at the end of
    a connection; flush: calls, nanoseconds in them; made: where the report says it was made,
    False for not known."""
    headline, certain, possible = says or ("", None, None)
    producers = [] if messages is None else [
        {"client": "librdkafka", "acks": -1 if ends is None else 0,
         "messages": {**ZERO, **messages},
         "flush": dict(zip(("calls", "waited_ns"), flush or (0, 0)))}]
    if made is not None:
        producers[0].update(name="rdkafka#producer-1", made_at=made or None,
                            call_sites=[{"frames": [], "place": None}])
    sockets = [] if wire is None else [
        {"kafka": True, "tls": False,
         "requests": dict(zip(("records", "produce", "answered"), wire))}]
    if ends is not None:
        sockets.append({"kafka": False, "end": dict(zip(("unsent_bytes", "unread_bytes"),
                                                        ends))})
    return {"verdict": verdict, "headline": headline,
            "losses": {"certain": certain, "possible": possible}, "processes": [
        {"producers": producers, "sockets": sockets,
         "findings": [{"id": one} for one in findings]}]}


ALL = {"produced": 10, "delivered": 10}
SENT = {"produced": 10, "unconfirmed": 10}
LOST = {"produced": 10, "delivered": 4, "outstanding": 6, "unsent": 6}
FLYING = {"produced": 10, "delivered": 4, "outstanding": 6, "in_flight": 6}
TAKEN_BACK = {"produced": 10, "delivered": 7, "purged": 3}
OPEN = ("open-transaction",)
BOTH = {"produced": 10, "delivered": 4, "outstanding": 6, "unsent": 2, "in_flight": 4}
APART = ("2 of 10 messages never arrived; 4 more may be lost", 2, 4)
# what is told, report, the program, the layer, truth, whether the judge agrees
# (and how many were sent, when it is not 10)
CASES = (
    ("all there, and waited for", report("clean", ALL), "waits", "api", 10, True),
    ("clean, one missing", report("clean", ALL), "waits", "api", 9, False),
    ("flushed", report("clean", ALL, flush=(2, 900)), "waits", "api", 10, True),
    ("flushed in no time", report("clean", ALL, flush=(2, 0)), "waits", "api", 10, False),
    ("made somewhere", report("clean", ALL, made={"frames": [], "place": None}), "waits",
     "api", 10, True),
    ("made nowhere", report("clean", ALL, made=False), "waits", "api", 10, False),
    ("made in a parent", report("lost", LOST, made=False, findings=("produced-after-fork",)),
     "forgets", "api", 4, True),
    ("clean, nothing awaited", report("clean", ALL), "forgets", "api", 10, False),
    ("a correct producer accused", report("racy", ALL), "waits", "api", 10, False),
    ("acks=0, its connection ended as a reset", report("at_risk", SENT, ends=(9, 5)),
     "waits", "api", 10, True),
    ("acks=0, and the reset dropped some", report("at_risk", SENT, ends=(9, 5)),
     "waits", "api", 7, True),
    ("acks=0, and the reset said nothing", report("clean", SENT, ends=(9, 5)),
     "waits", "api", 7, False),
    ("acks=0, all was read, accused", report("at_risk", SENT, ends=(9, 0)),
     "waits", "api", 10, False),
    ("racy, all there", report("racy", ALL), "forgets", "api", 10, True),
    ("racy, one missing", report("racy", {**ALL, "delivered": 9, "outstanding": 1,
                                          "in_flight": 1}), "forgets", "api", 9, False),
    ("lost what is missing", report("lost", LOST), "forgets", "api", 4, True),
    ("lost more than is missing", report("lost", LOST), "forgets", "api", 5, False),
    ("lost, and all there", report("lost", FLYING), "forgets", "api", 10, False),
    ("certain and possible apart", report("lost", BOTH, says=APART), "forgets", "api", 7, True),
    ("added up", report("lost", BOTH, says=("6 of 10 messages never arrived", 6, 0)),
     "forgets", "api", 7, False),
    ("all of them, and some there",
     report("lost", BOTH, says=("all 10 messages (70 bytes) never arrived", 10, 0)),
     "forgets", "api", 4, False),
    ("more is missing than it says",
     report("lost", BOTH, says=("2 of 10 messages never arrived; 1 more may be lost", 2, 1)),
     "forgets", "api", 4, False),
    ("the line and the summary differ", report("lost", BOTH, says=(*APART[:2], 5)),
     "forgets", "api", 4, False),
    ("in flight, and arrived", report("at_risk", FLYING), "forgets", "api", 10, True),
    ("written, and arrived", report("at_risk", FLYING), "written", "api", 10, True),
    ("written, nobody counted", report("at_risk", dict.fromkeys(ZERO)), "written", "api", 10,
     True),
    ("written, called lost", report("lost", FLYING), "written", "api", 4, False),
    ("written, called racy", report("racy", ALL), "written", "api", 10, False),
    ("written, called unsent", report("at_risk", {**FLYING, "unsent": 6, "in_flight": 0}),
     "written", "api", 4, False),
    ("delivered more than is there", report("at_risk", FLYING), "forgets", "api", 3, False),
    ("counts that do not add up", report("at_risk", {**FLYING, "outstanding": 5}),
     "forgets", "api", 8, False),
    ("fewer produced than were", report("clean", {"produced": 9, "delivered": 9}),
     "waits", "api", 9, False),
    ("no API layer where one must be", report("blind", None, (10, 1, 1)),
     "waits", "api", 10, False),
    ("the wire alone, blind", report("blind", None, (10, 1, 1)), "waits", "wire", 10, True),
    ("the wire alone, clean", report("clean", None, (10, 1, 1)), "either", "wire", 10, False),
    ("the wire alone, accused", report("at_risk", None, (10, 1, 0)), "waits", "wire", 10, False),
    ("the wire saw less than is there", report("blind", None, (9, 1, 1)),
     "waits", "wire", 10, False),
    ("callbacks, all there, unproven", report("unproven", ALL, None, ("waits-unproven",)),
     "forgets", "api", 10, True),
    ("callbacks, all there, blind", report("blind", ALL, None, ("waits-unseen",)),
     "forgets", "api", 10, False),
    ("no callbacks, blind", report("blind", ALL), "forgets", "api", 10, False),
    ("nothing seen, blind", report("blind"), "forgets", "unseen", 0, True),
    ("ended before its first request", report("blind"), "forgets", "wire", 0, True),
    ("no request seen, and some there", report("blind"), "forgets", "wire", 4, False),
    ("no request seen of one that waits", report("blind"), "waits", "wire", 0, False),
    ("nothing seen, clean", report("clean"), "either", "unseen", 10, False),
    ("a hidden wait, blind", report("blind", ALL), "hidden", "api", 10, True),
    ("a hidden wait, accused", report("racy", ALL), "hidden", "api", 10, False),
    ("a hidden wait, one missing", report("blind", {**ALL, "delivered": 9, "failed": 1}),
     "hidden", "api", 9, False),
    ("aborted, failed", report("failed", TAKEN_BACK), "waits", "api", 0, True, "10:0"),
    ("aborted, clean", report("clean", TAKEN_BACK), "waits", "api", 0, False, "10:0"),
    ("aborted, as many committed since", report("clean", ALL), "waits", "api", 5, True, "10:5"),
    ("aborted, fewer committed since", report("clean", ALL), "waits", "api", 4, False, "10:4"),
    ("a hidden wait, unproven", report("unproven", ALL), "hidden", "api", 10, True),
    ("failed, and told", report("failed", {**ALL, "delivered": 9, "failed": 1}),
     "either", "api", 9, True),
    ("failed, and more is missing", report("failed", {**ALL, "delivered": 9, "failed": 1}),
     "either", "api", 8, False),
    ("unproven, all there", report("unproven", ALL), "forgets", "api", 10, True),
    ("aborted, accused", report("lost", TAKEN_BACK), "waits", "api", 0, False, "10:0"),
    ("aborted, and can be read", report("failed", TAKEN_BACK), "waits", "api", 7, False, "10:0"),
    ("aborted, a message forgotten", report("failed", {**TAKEN_BACK, "purged": 2}),
     "waits", "api", 0, False, "10:0"),
    ("left open, lost", report("lost", ALL, None, OPEN), "forgets", "api", 0, True, "10:0"),
    ("left open, racy", report("racy", ALL), "forgets", "api", 0, False, "10:0"),
    ("left open, clean", report("clean", ALL), "forgets", "api", 0, False, "10:0"),
    ("one committed, one left open", report("lost", ALL, None, OPEN),
     "forgets", "api", 6, True, "10:6"),
    ("more is committed than was delivered",
     report("lost", {**LOST, "delivered": 5, "outstanding": 5, "unsent": 5}, None, OPEN),
     "forgets", "api", 6, False, "10:6"),
)
REFUSED = report("at_risk", {**ALL, "rejected": 3})
REFUSED["processes"][0]["producers"][0].update(
    rejected={"retried": 2}, bytes={"rejected": 30},
    errors=[{"name": "_QUEUE_FULL", "count": "rejected", "messages": 3}])
REFUSED["processes"][0]["findings"] = [
    {"id": "rejected-not-retried", "text": "3 were refused", "change": "send again"}]
REFUSED["why"] = "the queue was full"
REFUSED["where"] = {"process": 0, "producer": 0, "call_site": 0}
REFUSED["processes"][0]["producers"][0]["call_sites"] = [{"place": 1, "frames": [
    {"function": "send", "file": "client.py", "line": 1},
    {"function": "order", "file": "user.py", "line": 2}]}]
# what is demanded, whether the judge agrees that the report has it
DEMANDS = (
    ("", True), ("rejected=3 retried=2 _QUEUE_FULL=3", True), ("rejected=2", False),
    ("refused_bytes=30", True), ("refused_bytes=0", False),
    ("retried=3", False), ("_QUEUE_FULL=2", False), ("_TIMED_OUT=3", False),
    ("rejected-not-retried", True), ("fenced", False),
    ("rejected-not-retried~send_again", True), ("rejected-not-retried~flush", False),
    ("!fenced", True), ("!rejected-not-retried", False), ("!rejected-not-retried~flush", True),
    ("why~full", True), ("why~flush", False), ("!why~full", False),
    ("where~order_at_user.py:2", True), ("where~client.py", False), ("!where~user.py", False),
    ("change~send_again", True), ("!change~send_again", False), ("!change~flush", True),
)


def main():
    judge, scratch = sys.argv[1:3]
    good = 0
    demands = [("demanded: " + words, REFUSED, "forgets", "api", 10, right, "10", words)
               for words, right in DEMANDS]
    all_of_them = len(CASES) + len(demands)
    for name, summary, waited, layer, truth, right, *more in (*CASES, *demands):
        count, words = ([*more, "10", ""] if len(more) != 1 else [*more, ""])[:2]
        with open(scratch + "/summary", "w") as file:
            json.dump(summary, file)
        said = subprocess.run([sys.executable, judge, "--must", words, scratch + "/summary",
                               waited, layer, count, str(truth), "0", scratch + "/summary"],
                              capture_output=True, text=True, check=True).stdout.rstrip("\n")
        fields = said.split("\t")
        if (fields[3] == "agree") == right:
            good += 1
        else:
            print("\t".join(["judge.py", "-", name, *fields[:3],
                             "disagree: the judge says " + fields[3]]))
    print("judge.py\t-\t%d made-up reports\t-\t-\t-\t%s" % (
        all_of_them, "agree" if good == all_of_them else "disagree: %d are judged right" % good))


main()
