/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_kill.c - kill -9 at 200 random instants: the counters add up each time.
 *
 * Two threads produce as fast as they may. Whatever the instant, the trace
 * must obey the law exactly, and agree with what the topic holds:
 * delivered <= in the topic <= produced.
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

#define KILLS 200
#define LATEST_US 250000

static int wrongly_unsent;

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
			assert_int_equal(story_count(story, "outstanding"), 0);
			assert_int_equal(story_count(story, "produced"), story->arrived);
		}
	}
	json_decref(story->summary);
	ended_free(&ended);
	return produced;
}

static bool kill_once(unsigned after_us)
{
	char *directory = scratch_name("-traces"), *out = scratch_name(".out"), *command;
	struct broker *broker = broker_start();
	struct story story = story_of("threads_busy");
	bool had_producer = false;
	int status;
	pid_t pid;

	mkdir(directory, 0700);
	assert_true(asprintf(&command, "env LD_PRELOAD=%s UNFLUSHED_DIR=%s %s/threads_busy @",
			     PATH_SHIM, directory, PATH_HOSTS) > 0);
	pid = program_start(command, broker_address(broker), out);
	usleep(after_us);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	story.arrived = broker_messages(broker);
	if (has_a_trace(directory))
		had_producer = trace_check(&story, directory, after_us);
	else
		assert_int_equal(story.arrived, 0); /* before there was anything to tell */
	broker_stop(broker);
	free(command);
	free(directory);
	free(out);
	return had_producer;
}

static void killed_at_any_instant_the_counts_hold(void **state)
{
	const char *given = getenv("UNFLUSHED_SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
	int with_producer = 0;

	(void)state;
	print_message("UNFLUSHED_SEED=%u repeats these instants\n", seed);
	srandom(seed);
	for (int i = 0; i < KILLS; i++)
		with_producer += kill_once((unsigned)(random() % LATEST_US));
	print_message("%d of %d were killed while producing\n", with_producer, KILLS);
	/* Else the instants were no test of anything. */
	assert_true(with_producer > KILLS / 2);
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
		cmocka_unit_test(nothing_called_unsent_arrived_in_any_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
