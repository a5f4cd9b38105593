/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tries.c - the result of a connect() is recorded once, in whichever way
 * the program learns of it, or if it never does; names that cannot be resolved
 * are recorded, too.
 */
#include <string.h>

#include "harness.h"

static const char *const ends[] = {"connected",	 "refused", "timed_out",    "unreachable",
				   "unanswered", "failed",  "name_unknown", "name_failed"};

/* The sum over all peers of one end. */
static int64_t sum_of(const struct story *story, const char *end)
{
	json_t *peers = json_path(story->summary, "processes.0.peers"), *peer;
	int64_t sum = 0;
	size_t i;

	json_array_foreach(peers, i, peer) sum += json_number(peer, end);
	return sum;
}

static void expect_end(const struct story *story, const char *end, int64_t count)
{
	assert_int_equal(sum_of(story, end), count);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(ends[i], end) != 0 && sum_of(story, ends[i]) != 0)
			fail_msg("%s: %lld", ends[i], (long long)sum_of(story, ends[i]));
}

static void try_as(const char *what, const char *how, const char *end)
{
	struct story story = story_of("tries");

	story.needs_no_broker = true;
	story_tell(&story, "%s %s", what, how);
	if (end)
		expect_end(&story, end, 1);
	else
		expect_end(&story, "refused", 0);
	assert_int_equal(sum_of(&story, "attempts"), 1);
	story_end(&story);
}

static void a_refused_connect_is_counted_once(void **state)
{
	static const char *const ways[] = {"waits",  "asks",  "again",
					   "writes", "reads", "closes"};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		try_as("refused", ways[i], "refused");
}

static void a_connection_that_is_made_is_counted_once(void **state)
{
	static const char *const ways[] = {"waits",  "asks",   "again",
					   "writes", "closes", "ends"};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		try_as("made", ways[i], "connected");
}

/* The host has not asked for the result, and did not give it up: it is not known. */
static void one_that_nobody_asked_of_is_no_failure(void **state)
{
	(void)state;
	try_as("refused", "ends", NULL);
}

/* Those that fill the queue: one is made, the second may be. */
static void one_that_is_given_up_while_tcp_asks_is_unanswered(void **state)
{
	struct story story = story_of("tries");

	(void)state;
	story.needs_no_broker = true;
	story_tell(&story, "asked asks");
	assert_string_equal(story.watched.out, "made\n"); /* SO_ERROR says nothing yet */
	assert_int_equal(sum_of(&story, "unanswered"), 1);
	assert_int_equal(sum_of(&story, "refused"), 0);
	story_end(&story);
}

static void a_name_that_leads_nowhere_is_recorded_with_its_port(void **state)
{
	struct story story = story_of("forgets_flush");

	(void)state;
	story.needs_no_broker = true;
	story_tell(&story, "no-such-host.invalid:9092 10 500");
	story_expect(&story, "lost", "broker-unreachable");
	json_t *peer = json_path(story.summary, "processes.0.peers.0");

	assert_true(json_number(peer, "name_unknown") + json_number(peer, "name_failed") > 0);
	assert_string_equal(json_text(peer, "name"), "no-such-host.invalid:9092");
	assert_true(json_is_unknown(peer, "address"));
	assert_int_equal(json_number(peer, "producer"), 0);
	assert_true(strlen(json_text(peer, "error")) > 0);
	assert_non_null(strstr(json_text(story.summary, "why"), "no-such-host.invalid:9092"));
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refused_connect_is_counted_once),
		cmocka_unit_test(a_connection_that_is_made_is_counted_once),
		cmocka_unit_test(one_that_nobody_asked_of_is_no_failure),
		cmocka_unit_test(one_that_is_given_up_while_tcp_asks_is_unanswered),
		cmocka_unit_test(a_name_that_leads_nowhere_is_recorded_with_its_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
