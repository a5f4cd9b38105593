/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_causes.c - findings that name a cause and a line, and similar hosts
 * without the finding.
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
	fail_msg("no finding %s", id);
	return NULL;
}

/* The finding's call site is in this function of this file. */
static void expect_site(const struct story *story, const char *id, const char *function,
			const char *file)
{
	json_t *finding = finding_of(story, id);
	json_t *index = json_object_get(finding, "call_site");

	assert_true(json_is_integer(index));
	json_t *site =
		json_array_get(json_path(story->summary, "processes.0.producers.0.call_sites"),
			       (size_t)json_integer_value(index));
	assert_non_null(site);
	const char *text = json_string_value(json_object_get(finding, "text"));
	if (!strstr(text, function) || !strstr(text, file))
		fail_msg("%s() in %s is not in: %s", function, file, text);
}

static void expect_change(const struct story *story, const char *id, const char *words)
{
	const char *change =
		json_string_value(json_object_get(finding_of(story, id), "change"));

	if (!strstr(change, words))
		fail_msg("'%s' is not in '%s'", words, change);
}

static void a_queue_full_of_reports_nobody_takes_misses_a_poll(void **state)
{
	struct story story = story_of("fills_queue");

	(void)state;
	story_tell(&story, "@ never");
	story_expect(&story, "at_risk", "poll-missing");
	assert_false(story_has(&story, "queue-filling"));
	assert_int_equal(json_number(story.summary, "processes.0.producers.0.reports_unserved"),
			 50);
	expect_site(&story, "rejected-not-retried", "send_order", "fills_queue.c:");
	story_end(&story);
}

static void a_queue_that_is_polled_is_only_full(void **state)
{
	struct story story = story_of("fills_queue");

	(void)state;
	story_tell(&story, "@ polls");
	story_expect(&story, "clean", "queue-filling");
	assert_false(story_has(&story, "poll-missing"));
	story_end(&story);
}

static void a_queue_with_room_is_not_filling(void **state)
{
	struct story story = story_of("flushes");

	(void)state;
	story_tell(&story, "@ 100");
	story_expect(&story, "clean", NULL);
	assert_false(story_has(&story, "queue-filling"));
	assert_int_equal(json_number(story.summary, "processes.0.producers.0.blocked_ns"), 0);
	story_end(&story);
}

/* 60 messages through a queue of 10 that empties every 50 ms: five waits. */
static void waiting_inside_produce_is_measured(void **state)
{
	static const char *const calls[] = {"produce", "batch", "producev", "produceva"};

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		struct story story = story_of("blocks_in_produce");

		story_tell(&story, "@ %s 60", calls[i]);
		story_expect(&story, "clean", "queue-filling");
		int64_t blocked_ns =
			json_number(story.summary, "processes.0.producers.0.blocked_ns");
		if (blocked_ns < 100000000)
			fail_msg("%s: blocked for %lld ns", calls[i], (long long)blocked_ns);
		assert_int_equal(story.arrived, 60);
		story_end(&story);
	}
}

/* Ten were taken, and the eleventh was in hand. Those that were not written when it ended are
 * lost; where all were, nobody can know. */
static void ended_while_it_waits_inside_produce_it_is_never_clean(void **state)
{
	static const char *const calls[] = {"produce", "batch", "producev", "produceva"};

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		struct story story = story_of("blocks_in_produce");

		story.fake = "--never-answer";
		story_tell(&story, "@ %s 60 ends", calls[i]);
		story_expect(&story, story_count(&story, "unsent") > 0 ? "lost" : "at_risk",
			     "ended-in-send");
		assert_int_equal(story_count(&story, "produced"), 10);
		story_expect_truth(&story);
		story_end(&story);
	}
}

static void failures_name_the_line_that_produced(void **state)
{
	struct story story = story_of("delivery_fails_unseen");

	(void)state;
	story.dead_broker = true;
	story_tell(&story, "@ 100");
	expect_site(&story, "failed-unseen", "send_order", "delivery_fails_unseen.c:");
	story_end(&story);
}

static void failures_that_were_told_name_it_too(void **state)
{
	struct story story = story_of("delivery_fails_told");

	(void)state;
	story.dead_broker = true;
	story_tell(&story, "@ 100");
	expect_site(&story, "delivery-failed", "send_order", "delivery_fails_told.c:");
	story_end(&story);
}

static void an_open_transaction_names_it(void **state)
{
	struct story story = story_of("transactional");

	(void)state;
	story_tell(&story, "@ open 100");
	expect_site(&story, "open-transaction", "", "transactional.c:");
	story_end(&story);
}

static void cpp_is_told_to_flush_in_cpp(void **state)
{
	struct story story = story_of("cpp_producer");

	(void)state;
	story_tell(&story, "@ forget 100");
	expect_change(&story, "destroy-without-flush", "producer->flush(");
	story_end(&story);
}

static void python_is_told_to_flush_in_python(void **state)
{
	struct story story = story_of("confluent_forgets.py");

	(void)state;
	story_needs("confluent_kafka");
	story.rtt_ms = 1000; /* so that none gets out, however slow the machine */
	story_tell(&story, "@ 100");
	expect_change(&story, "destroy-without-flush", "producer.flush()");
	expect_site(&story, "destroy-without-flush", "send_order", "confluent_forgets.py:");
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_queue_full_of_reports_nobody_takes_misses_a_poll),
		cmocka_unit_test(a_queue_that_is_polled_is_only_full),
		cmocka_unit_test(a_queue_with_room_is_not_filling),
		cmocka_unit_test(waiting_inside_produce_is_measured),
		cmocka_unit_test(ended_while_it_waits_inside_produce_it_is_never_clean),
		cmocka_unit_test(failures_name_the_line_that_produced),
		cmocka_unit_test(failures_that_were_told_name_it_too),
		cmocka_unit_test(an_open_transaction_names_it),
		cmocka_unit_test(cpp_is_told_to_flush_in_cpp),
		cmocka_unit_test(python_is_told_to_flush_in_python),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
