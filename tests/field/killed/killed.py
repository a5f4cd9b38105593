# SPDX-License-Identifier: Apache-2.0
"""Kills a program at random instants, and holds each report against the topic.

killed.py BUILD SCRATCH BROKER TOPIC KILLS SEED COMMAND...

{broker}, {topic}, {seed} and {threads} in COMMAND are put in: each number of threads from 1
to 4 as often as the others. Half of the programs run under
`unflushed run`, which sees the signal; the others with the shim alone, so that nobody
does. Prints the fields of a row that follow its ending: verdicts, truth, agree or not.

Whatever the instant:
- the counts add up, and all that is in the topic was produced
- what was delivered is in the topic; of what was never sent nothing is
- "lost" needs something missing, "clean" needs nothing missing
- "never arrived" is said of no more than is missing
- "killed" is only said where the signal was seen
"""
import collections
import json
import os
import random
import re
import signal
import subprocess
import sys
import time

from confluent_kafka import Consumer, TopicPartition

build, scratch, broker, topic, kills, seed, *command = sys.argv[1:]
ENDS = ("delivered", "unconfirmed", "failed", "purged", "outstanding")
PATIENCE_S = 30
SPAN_S = 0.5  # after the first connection


class Topic:
    """How many records it holds, as the broker says."""

    def __init__(self):
        self.consumer = Consumer({"bootstrap.servers": broker, "group.id": "killed"})
        found = self.consumer.list_topics(topic, timeout=PATIENCE_S).topics[topic]
        self.partitions = [TopicPartition(topic, number) for number in found.partitions]

    def end(self):
        return sum(
            self.consumer.get_watermark_offsets(one, timeout=PATIENCE_S, cached=False)[1]
            for one in self.partitions
        )

    def settled(self):
        """The same, when the last bytes have come."""
        last, same = self.end(), 0
        while same < 3:
            time.sleep(0.1)
            now = self.end()
            same = same + 1 if now == last else 0
            last = now
        return last


def has_trace(directory):
    return any(name.endswith(".trace") for name in os.listdir(directory))


def start(directory, round_seed, threads, watched):
    words = {"{broker}": broker, "{topic}": topic, "{seed}": str(round_seed),
             "{threads}": str(threads)}
    args = [words.get(word, word) for word in command]
    env = dict(os.environ)
    if watched:
        args = [f"{build}/bin/unflushed", "run", "--quiet", "--dir", directory, "--"] + args
    else:
        env.update(LD_PRELOAD=f"{build}/lib/libunflushed.so", UNFLUSHED_DIR=directory)
    with open(f"{scratch}/said", "wb") as said:
        return subprocess.Popen(args, env=env, stdout=said, stderr=said,
                                start_new_session=True)


def pid_of_trace(directory):
    return int(next(n for n in os.listdir(directory) if n.endswith(".trace")).split("-")[0])


def wait_for(process, condition, seconds):
    """Whether it came to be. A program that ends by itself is none to kill."""
    until = time.monotonic() + seconds
    while not condition():
        if process.poll() is not None:
            with open(f"{scratch}/said", encoding="utf-8") as said:
                raise SystemExit("-\t-\tdisagree: it ended: " + said.read()[-80:].strip())
        if time.monotonic() > until:
            return False
        time.sleep(0.001)
    return True


def report(directory, form):
    return subprocess.run(
        [f"{build}/bin/unflushed", "report", "--verbose", "--format", form, directory],
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    ).stdout


def total(producers, key):
    numbers = [producer["messages"][key] for producer in producers]
    return None if None in numbers else sum(numbers)


def never_arrived(text):
    """The number that the first line says of that; 0 if it does not."""
    line = " ".join(text.split("\n  where")[0].split())
    found = re.search(r"(?:the only|(?:all )?([\d,]+)(?: of [\d,]+)?) messages? .*never arrived",
                      line)
    return int((found.group(1) or "1").replace(",", "")) if found else 0


def wrong(summary, text, arrived, watched):
    """What the report breaks, or None."""
    producers = [one for process in summary["processes"] for one in process["producers"]]
    how = {process["end"]["how"] for process in summary["processes"]
           if process["producers"]}
    verdict = summary["verdict"]
    if not producers:
        return None if arrived == 0 else f"no producer, and {arrived} arrived"
    produced = total(producers, "produced")
    missing = produced - arrived
    for producer in producers:
        if producer["messages"]["produced"] != sum(producer["messages"][k] for k in ENDS):
            return "the counts do not add up"
    if missing < 0:
        return f"{-missing} more arrived than were produced"
    if total(producers, "delivered") > arrived:
        return "delivered, and not in the topic"
    if (total(producers, "unsent") or 0) > missing:
        return f"{total(producers, 'unsent')} unsent, {missing} missing"
    if verdict == "lost" and missing == 0:
        return "lost, and nothing is missing"
    if never_arrived(text) > missing:
        return f"{never_arrived(text)} never arrived, {missing} missing"
    if verdict == "clean" and missing:
        return f"clean, and {missing} missing"
    if how != ({"signal"} if watched else {"vanished"}):
        return f"it ended by {how}"
    if not watched and re.search(r"was killed|killed by", text):
        return "killed, though nobody saw a signal"
    return None


def instant(number, records, chance, process, directory, before):
    """Lets the program come to where it is killed: at first anything may be, from its start
    or from its first connection on; mostly it has produced for a while."""
    if number % 7 == 6:
        time.sleep(chance.uniform(0, 1.5))
    elif number % 7 in (2, 4):
        wait_for(process, lambda: has_trace(directory), PATIENCE_S)
        time.sleep(chance.uniform(0, SPAN_S))
    else:  # kafka-python may put many requests together before it writes a byte
        wait_for(process, lambda: records.end() > before, PATIENCE_S)
        time.sleep(chance.uniform(0, SPAN_S))


def kill_once(number, records, chance):
    """The verdict, whether it produced, and what is wrong with the report."""
    directory = f"{scratch}/traces-{number}"
    os.mkdir(directory)
    before = records.settled()
    watched = number % 2 == 0 and number % 7 != 6
    threads = 1 + number // 2 % 4  # half of each are watched
    process = start(directory, chance.randrange(1 << 30), threads, watched)
    instant(number, records, chance, process, directory, before)
    seen = has_trace(directory)
    if watched and seen:
        os.kill(pid_of_trace(directory), signal.SIGKILL)
    else:  # `run` as well, if it has not come as far: nobody is to outlive it
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if not seen:  # or its trace was made just now: then it wrote nothing yet
        return "none", False, None
    arrived = records.settled() - before
    text = report(directory, "text")
    summary = json.loads(report(directory, "json"))
    fault = wrong(summary, text, arrived, watched)
    if fault:
        fault += f" (kill {number}, {threads} threads, {arrived} arrived)"
        print(f"{fault}\n{text}", file=sys.stderr)
    producers = [one for each in summary["processes"] for one in each["producers"]]
    return summary["verdict"], bool(producers) and total(producers, "produced") > 0, fault


def main():
    chance = random.Random(int(seed))
    records = Topic()
    verdicts, faults, producing = collections.Counter(), [], 0
    for number in range(int(kills)):
        verdict, did, fault = kill_once(number, records, chance)
        verdicts[verdict] += 1
        producing += did
        faults += [fault] if fault else []
    said = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    print(f"{said}\t{producing} produced, seed {seed}\t-\t", end="")
    if faults:
        print(f"disagree: {len(faults)} of {kills}: {faults[0]}")
    elif producing < int(kills) // 3:
        print("disagree: hardly any had produced, so the instants were no test")
    else:
        print("agree")


main()
