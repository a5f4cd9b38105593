/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_moves.c - every call that moves bytes, however the descriptor was
 * obtained: no byte is missed or counted twice.
 *
 * The peer is another process, and counts.
 */
#include "harness.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is still a row, and what rows that were used again have left behind. */
static int64_t accepted_bytes(const struct story *story, const char *directory)
{
	json_t *socket;
	int64_t accepted = 0, recycled = 0;
	char pattern[600];
	const char *at;
	struct ended dump;
	glob_t traces;
	size_t i;

	json_array_foreach(json_path(story->summary, "processes.0.sockets"), i, socket)
		accepted += json_number(socket, "bytes.accepted");
	snprintf(pattern, sizeof(pattern), "%s/*.trace", directory);
	assert_int_equal(glob(pattern, 0, NULL, &traces), 0);
	assert_int_equal(traces.gl_pathc, 1);
	dump = tool_run("dump --format json %s", traces.gl_pathv[0]);
	at = strstr(dump.out, "\"recycled_accepted_bytes\":");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "\"recycled_accepted_bytes\":%ld", &recycled), 1);
	ended_free(&dump);
	globfree(&traces);
	return accepted + recycled;
}

static void expect_counted(const char *how, int64_t bytes)
{
	struct story story = story_of("sends_by");
	char *directory = scratch_name("-traces");
	char options[600];
	long said;

	snprintf(options, sizeof(options), "--dir %s", directory);
	story.options = options;
	story.sink = "--connections 300";
	story_tell(&story, "%s @", how);
	assert_int_equal(sscanf(story.watched.out, "sent %ld", &said), 1);
	assert_int_equal(said, bytes);
	assert_int_equal(story.arrived, bytes);
	if (accepted_bytes(&story, directory) != bytes)
		fail_msg("%s: %lld bytes were seen, not %lld", how,
			 (long long)accepted_bytes(&story, directory), (long long)bytes);
	story_expect(&story, "blind", NULL);
	story_end(&story);
	free(directory);
}

static void each_call_is_counted_as_the_peer_counts(void **state)
{
	static const char *const calls[] = {"write",	"send",	      "sendto",
					    "sendmsg",	"writev",     "sendmmsg",
					    "sendfile", "sendfile64", "writev1024"};

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		expect_counted(calls[i], 200000);
}

/* None of a socket's own calls: TCP itself says that there was more, to a byte
 * or two of its own (the connection's beginning and end count as one each). */
static void what_passes_by_is_told_by_tcp(void **state)
{
	static const char *const calls[] = {"pwritev2", "splice", "stdio", "send"};

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		struct story story = story_of("sends_by");
		bool passes = strcmp(calls[i], "send") != 0;
		json_t *socket;

		story.sink = "";
		story_tell(&story, "%s @", calls[i]);
		assert_int_equal(story.arrived, 200000);
		socket = json_path(story.summary, "processes.0.sockets.0");
		assert_int_equal(json_number(socket, "bytes.accepted"), passes ? 0 : 200000);
		assert_between(json_number(socket, "bytes.unseen"), passes ? 200000 : 0,
			       passes ? 200002 : 0);
		story_end(&story);
	}
}

static void threads_and_copies_are_one_connection(void **state)
{
	(void)state;
	expect_counted("threads", 8000);
}

/* For people, too; not a word of it where every byte was seen. */
static void what_passes_by_is_in_the_report(void **state)
{
	static const char *const calls[] = {"splice", "send"};

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		struct story story = story_of("sends_by");
		char *directory = scratch_name("-traces");
		char options[600];
		struct ended report;

		snprintf(options, sizeof(options), "--dir %s", directory);
		story.options = options;
		story.sink = "";
		story_tell(&story, "%s @", calls[i]);
		report = tool_run("report --verbose %s", directory);
		assert_true(!strstr(report.out, "that no call was seen to send") == (i == 1));
		ended_free(&report);
		story_end(&story);
		free(directory);
	}
}

/* More than there are rows for. */
static void a_number_that_comes_back_is_another_connection(void **state)
{
	(void)state;
	expect_counted("numbers", 30000);
}

/* What one thread closes another opens a moment later, and writes to. */
static void numbers_that_threads_take_from_each_other_do_not_mix(void **state)
{
	(void)state;
	expect_counted("races", 28000);
}

static void what_is_not_tcp_is_left_alone(void **state)
{
	struct story story = story_of("sends_by");

	(void)state;
	story.sink = "";
	story_tell(&story, "others @");
	assert_int_equal(json_array_size(json_path(story.summary, "processes.0.sockets")), 1);
	assert_int_equal(json_number(story.summary, "processes.0.sockets.0.bytes.offered"), 0);
	assert_int_equal(json_number(story.summary, "processes.0.sockets.0.writes"), 0);
	story_end(&story);
}

static void what_a_server_sends_is_counted(void **state)
{
	struct story story = story_of("serves");
	json_t *socket;
	int senders = 0;
	size_t i;

	(void)state;
	story.needs_no_broker = true;
	story_tell(&story, " ");
	json_array_foreach(json_path(story.summary, "processes.0.sockets"), i, socket)
	{
		int64_t accepted = json_number(socket, "bytes.accepted");

		assert_true(accepted == 0 || accepted == 100000);
		senders += accepted != 0;
	}
	assert_int_equal(senders, 4);
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_is_counted_as_the_peer_counts),
		cmocka_unit_test(what_passes_by_is_told_by_tcp),
		cmocka_unit_test(what_passes_by_is_in_the_report),
		cmocka_unit_test(threads_and_copies_are_one_connection),
		cmocka_unit_test(a_number_that_comes_back_is_another_connection),
		cmocka_unit_test(numbers_that_threads_take_from_each_other_do_not_mix),
		cmocka_unit_test(what_is_not_tcp_is_left_alone),
		cmocka_unit_test(what_a_server_sends_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
