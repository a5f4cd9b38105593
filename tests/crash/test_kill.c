/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_kill.c - kill -9 at random instants: the counters add up each time.
 *
 * One host produces as fast as it may, from 1 to 4 threads; another waits after each few
 * messages. Whatever the instant, the trace must obey the law exactly, and agree with what
 * the topic holds: delivered <= in the topic <= produced; nothing called unsent is
 * there; clean needs all of it there. With acks=0 as well, at a broker that keeps
 * silent to it, as brokers must, and at one that answers, as the embedded one does.
 *
 * UNFLUSHED_SEED repeats the instants, UNFLUSHED_KILLS multiplies them: 10 is ten
 * times as many. (tests/field/killed: other clients, on a real broker.)
 */
#include "harness.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LATEST_US 250000

/* Who is killed, and how often. */
struct victim {
	const char *host, *arguments;
	const char *fake; /* options of that broker; NULL: the embedded one */
	int kills;
};

#define OF_THREADS(number)                                                                     \
	{"threads_busy", "all " number, NULL, 14}, {"threads_busy", "1 " number, NULL, 14},    \
		{"threads_busy", "0 " number, NULL, 14},                                       \
	{                                                                                      \
		"threads_busy", "0 " number, "", 14                                            \
	}

static const struct victim busy[] = {OF_THREADS("1"), OF_THREADS("2"), OF_THREADS("3"),
				     OF_THREADS("4")};
static const struct victim bursts[] = {
	{"bursts", "all", NULL, 40}, {"bursts", "0", NULL, 40}, {"bursts", "0", "", 40}};

static int wrongly_unsent;
static struct {
	int killed, producing, clean;
} seen;

/* A trace has its name only once it is whole. */
static bool has_a_trace(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	bool found = false;

	/* One that is still being made has a longer name. */
	while ((entry = readdir(directory))) {
		const char *ending = strstr(entry->d_name, ".trace");

		found |= ending && strcmp(ending, ".trace") == 0;
	}
	closedir(directory);
	return found;
}

static void say_instant(unsigned after_us, const struct story *story)
{
	char *text = json_dumps(story->summary, JSON_INDENT(1));

	print_error("killed after %u us, %lld in the topic\n%s\n", after_us,
		    (long long)story->arrived, text);
	free(text);
}

/* Unsent means never written whole: none of those may be in the topic. */
static void unsent_check(const struct story *story, unsigned after_us)
{
	int64_t unsent = story_count(story, "unsent");
	int64_t arrived_unsent = story->arrived + unsent - story_count(story, "produced");

	if (unsent == UNKNOWN_NUMBER || arrived_unsent <= 0)
		return;
	wrongly_unsent++;
	print_message("killed after %u us: %lld called unsent, %lld of them arrived\n",
		      after_us, (long long)unsent, (long long)arrived_unsent);
}

/* True if the host had got as far as to produce. */
static bool trace_check(struct story *story, const char *directory, unsigned after_us)
{
	struct ended ended = tool_run("report --format json %s", directory);
	bool produced;

	story->summary = json_loads(ended.out, 0, NULL);
	if (!story->summary)
		fail_msg("killed after %u us: %s", after_us, ended.err);
	law_assert(story->summary);
	if (story_count(story, "delivered") > story->arrived ||
	    story_count(story, "produced") < story->arrived) {
		say_instant(after_us, story);
		fail_msg("the counts and the topic disagree");
	}
	unsent_check(story, after_us);
	headline_assert(story->summary, story->arrived);
	produced = story_count(story, "produced") > 0;
	if (produced) {
		assert_string_equal(json_text(story->summary, "processes.0.end.how"),
				    "vanished");
		/* Clean is possible between two messages, if it is true. */
		if (strcmp(story_verdict(story), "clean") == 0) {
			seen.clean++;
			assert_int_equal(story_count(story, "outstanding"), 0);
			if (story_count(story, "produced") != story->arrived) {
				say_instant(after_us, story);
				fail_msg("clean, and messages are missing");
			}
		}
	}
	json_decref(story->summary);
	ended_free(&ended);
	return produced;
}

/* The broker that it writes to, and what arrived there in the end. */
struct at {
	struct broker *broker;
	struct fake *fake;
};

static struct at at_start(const struct victim *victim)
{
	struct at at = {NULL, NULL};

	if (victim->fake)
		at.fake = fake_start(victim->fake);
	else
		at.broker = broker_start();
	return at;
}

static int64_t at_stop(struct at *at)
{
	int64_t arrived;

	if (at->fake) {
		json_t *truth = fake_stop(at->fake);

		arrived = json_number(truth, "records");
		json_decref(truth);
	} else {
		arrived = broker_messages(at->broker);
		broker_stop(at->broker);
	}
	return arrived;
}

static bool has_said(const char *out)
{
	struct stat file;

	return stat(out, &file) == 0 && file.st_size > 0;
}

/* Every other one is killed after it has begun to produce, and says so: how long that takes
 * is the machine's affair. */
static void instant_wait(const char *out, unsigned after_us)
{
	static bool waits;

	waits = !waits;
	for (int i = 0; waits && i < 30000 && !has_said(out); i++)
		usleep(1000);
	usleep(after_us);
}

static void kill_once(const struct victim *victim, unsigned after_us)
{
	char *directory = scratch_name("-traces"), *out = scratch_name(".out"), *command;
	struct at at = at_start(victim);
	struct story story = story_of(victim->host);
	int status;
	pid_t pid;

	mkdir(directory, 0700);
	assert_true(asprintf(&command, "env LD_PRELOAD=%s UNFLUSHED_DIR=%s %s/%s @ %s",
			     PATH_SHIM, directory, PATH_HOSTS, victim->host,
			     victim->arguments) > 0);
	pid = program_start(command,
			    at.fake ? fake_address(at.fake) : broker_address(at.broker), out);
	instant_wait(out, after_us);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	story.arrived = at_stop(&at);
	seen.killed++;
	if (has_a_trace(directory))
		seen.producing += trace_check(&story, directory, after_us);
	else
		assert_int_equal(story.arrived, 0); /* before there was anything to tell */
	free(command);
	free(directory);
	free(out);
}

static void kill_all(const struct victim *victim)
{
	const char *times = getenv("UNFLUSHED_KILLS");
	int kills = victim->kills * (times && atoi(times) > 0 ? atoi(times) : 1);

	int producing = seen.producing, clean = seen.clean;

	for (int i = 0; i < kills; i++)
		kill_once(victim, (unsigned)(random() % LATEST_US));
	print_message("%s %s%s: %d of %d were killed while producing, %d of them clean\n",
		      victim->host, victim->arguments, victim->fake ? ", silent" : "",
		      seen.producing - producing, kills, seen.clean - clean);
}

/* Else the instants were no test of anything. */
static void enough_had_produced(void)
{
	assert_true(seen.producing > seen.killed / 4);
	seen.killed = seen.producing = seen.clean = 0;
}

static int seed(void **state)
{
	const char *given = getenv("UNFLUSHED_SEED");
	unsigned number = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);

	(void)state;
	print_message("UNFLUSHED_SEED=%u repeats these instants\n", number);
	srandom(number);
	return 0;
}

static void killed_at_any_instant_the_counts_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(busy) / sizeof(*busy); i++)
		kill_all(&busy[i]);
	enough_had_produced();
}

static void killed_between_two_waits_clean_is_true(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bursts) / sizeof(*bursts); i++)
		kill_all(&bursts[i]);
	enough_had_produced();
}

static void nothing_called_unsent_arrived_in_any_of_them(void **state)
{
	(void)state;
	assert_int_equal(wrongly_unsent, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_at_any_instant_the_counts_hold),
		cmocka_unit_test(killed_between_two_waits_clean_is_true),
		cmocka_unit_test(nothing_called_unsent_arrived_in_any_of_them),
	};

	return cmocka_run_group_tests(tests, seed, NULL);
}
