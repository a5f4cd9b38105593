/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_reach.c - no broker listens: the report says that first, with the
 * address and the number of attempts, and never advises to flush. If a broker
 * listens, it does not say that.
 */
#include <string.h>

#include "harness.h"

static json_t *finding_of(const struct story *story, const char *id)
{
	json_t *findings = json_path(story->summary, "processes.0.findings"), *row;
	size_t i;

	json_array_foreach(findings, i,
			   row) if (strcmp(json_string_value(json_object_get(row, "id")), id) ==
				    0) return row;
	return NULL;
}

static void expect_no_advice_to_flush(const struct story *story)
{
	json_t *findings = json_path(story->summary, "processes.0.findings"), *row;
	size_t i;

	json_array_foreach(findings, i, row)
	{
		const char *change = json_string_value(json_object_get(row, "change"));

		/* Who was not told is to ask, whatever came of the messages. */
		if (strncmp(change, "register", 8) != 0 &&
		    (strstr(change, "flush") || strstr(change, "SIGTERM") ||
		     strstr(change, "timeout")))
			fail_msg("%s: %s", json_string_value(json_object_get(row, "id")),
				 change);
	}
}

/* It is the first of all, and its numbers are those of the peers that it names. */
static void expect_cut_off(const struct story *story, const char *verdict, const char *address)
{
	json_t *first = json_path(story->summary, "processes.0.findings.0");
	json_t *peer = json_path(story->summary, "processes.0.peers.0");

	assert_string_equal(story_verdict(story), verdict);
	assert_string_equal(json_text(first, "id"), "broker-unreachable");
	assert_string_equal(json_text(first, "verdict"), verdict);
	assert_non_null(strstr(json_text(first, "text"), address));
	assert_non_null(strstr(json_text(story->summary, "why"), address));
	assert_string_equal(json_text(peer, "address"), address);
	assert_true(json_number(peer, "refused") > 0);
	assert_int_equal(json_number(first, "evidence.refused"), json_number(peer, "refused"));
	assert_int_equal(json_number(first, "peers.0"), 0);
	expect_no_advice_to_flush(story);
}

/* However the program ended, and whatever it did before. */
static void where_nobody_listens_it_is_said_first(void **state)
{
	static const struct {
		const char *host, *arguments, *verdict, *beside;
	} cases[] = {
		{"forgets_flush", "@ 100 1 failed", "lost", NULL},
		{"destroys_without_flush", "@ 100 failed", "lost", NULL},
		{"flush_times_out", "@ 100", "lost", "flush-timeout"},
		{"delivery_fails_unseen", "@ 100", "lost", "failed-unseen"},
		{"delivery_fails_told", "@ 100", "failed", "delivery-failed"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct story story = story_of(cases[i].host);

		story.dead_broker = true;
		story_tell(&story, "%s", cases[i].arguments);
		expect_cut_off(&story, cases[i].verdict, "127.0.0.1:1");
		if (cases[i].beside)
			assert_true(story_has(&story, cases[i].beside));
		assert_false(story_has(&story, "missing-flush"));
		assert_false(story_has(&story, "destroy-without-flush"));
		story_end(&story);
	}
}

/* The embedded broker, dead. */
static void a_broker_that_is_down_is_said_to_be(void **state)
{
	struct story story = story_of("flush_times_out");

	(void)state;
	story.needs_no_broker = true;
	story.options = "--broker-down";
	story.output_varies = true; /* alone it has no broker's address */
	story_tell(&story, "{broker} 100");
	json_t *first = json_path(story.summary, "processes.0.findings.0");

	assert_string_equal(json_text(first, "id"), "broker-unreachable");
	assert_true(json_number(first, "evidence.refused") > 0);
	expect_no_advice_to_flush(&story);
	story_end(&story);
}

/* The same hosts with a process that listens. */
static void where_somebody_listens_it_is_not_said(void **state)
{
	static const struct {
		const char *host, *arguments, *finding;
	} cases[] = {
		{"forgets_flush", "@ 100", "missing-flush"},
		{"flush_times_out", "@ 100", "flush-timeout"},
		{"delivery_fails_told", "@ 100", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct story story = story_of(cases[i].host);

		story.output_varies = true; /* on a slow machine they may have timed out */
		story.rtt_ms = 200;
		story_tell(&story, "%s", cases[i].arguments);
		assert_null(finding_of(&story, "broker-unreachable"));
		assert_true(json_is_unknown(story.summary, "why"));
		if (cases[i].finding)
			assert_true(story_has(&story, cases[i].finding));
		story_end(&story);
	}
}

/* Of two brokers one listens: that the other does not is worth a note, and no cause. */
static void where_one_of_two_listens_it_is_a_note(void **state)
{
	struct story story = story_of("forgets_flush");

	(void)state;
	story.rtt_ms = 1000;
	story_tell(&story, "127.0.0.1:1,@ 100 400");
	story_expect(&story, "lost", "missing-flush");
	json_t *note = finding_of(&story, "broker-unreachable");

	/* librdkafka tries them in an order of its own, and may not come to that one. */
	if (note)
		assert_string_equal(json_text(note, "verdict"), "clean");
	assert_true(json_is_unknown(story.summary, "why"));
	story_end(&story);
}

/* It answers no Produce, hangs up when it has read all, and is gone: the client tries to reach
 * it again, and the program works on until it has tried in vain. */
static void a_broker_that_goes_away_was_lost(void **state)
{
	struct story story = story_of("forgets_flush");

	(void)state;
	story.fake = "--never-answer --leave-after 100";
	story_tell(&story, "@ 100 1 failed");
	json_t *first = json_path(story.summary, "processes.0.findings.0");

	assert_string_equal(json_text(first, "id"), "broker-unreachable");
	assert_true(json_number(first, "evidence.connected") > 0);
	assert_true(json_number(first, "evidence.refused") > 0);
	assert_non_null(strstr(json_text(story.summary, "why"), "lost"));
	assert_false(story_has(&story, "missing-flush"));
	expect_no_advice_to_flush(&story);
	story_end(&story);
}

/* The names that brokers give themselves are looked up once the client is let in. Whether
 * there was another way is not known: the one that told of the name was reached. */
static void a_broker_with_a_name_of_nobodys_is_said_by_it(void **state)
{
	struct story story = story_of("forgets_flush");

	(void)state;
	story.fake = "--advertise-host nobody.invalid";
	story_tell(&story, "@ 10 1500");
	assert_int_equal(story.arrived, 0);
	json_t *note = finding_of(&story, "broker-unreachable");

	assert_non_null(note);
	assert_true(json_number(note, "evidence.names_not_found") > 0);
	assert_non_null(strstr(json_text(note, "text"), "nobody.invalid"));
	story_end(&story);
}

/* Its twin: it answers with errors, and is there. */
static void a_broker_that_answers_with_errors_was_reached(void **state)
{
	struct story story = story_of("forgets_flush");

	(void)state;
	story.fake = "--error 6:3";
	story_tell(&story, "@ 100 1500");
	assert_null(finding_of(&story, "broker-unreachable"));
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_nobody_listens_it_is_said_first),
		cmocka_unit_test(a_broker_that_is_down_is_said_to_be),
		cmocka_unit_test(where_somebody_listens_it_is_not_said),
		cmocka_unit_test(where_one_of_two_listens_it_is_a_note),
		cmocka_unit_test(a_broker_that_goes_away_was_lost),
		cmocka_unit_test(a_broker_with_a_name_of_nobodys_is_said_by_it),
		cmocka_unit_test(a_broker_that_answers_with_errors_was_reached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
