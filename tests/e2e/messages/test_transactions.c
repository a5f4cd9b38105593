/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_transactions.c - transactions that could not end, and producers with a
 * fatal error.
 *
 * The embedded broker refuses the requests that it is told to refuse.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PRODUCER "processes.0.producers.0."

/* The host under `run --broker`, whose broker answers these errors. */
static struct ended told(const char *errors, const char *host, json_t **summary)
{
	char *path = scratch_name(".json");
	struct ended ended =
		tool_run("run --quiet --broker --broker-errors %s --format json --output %s -- "
			 "%s/%s",
			 errors, path, PATH_HOSTS, host);

	*summary = json_load_file(path, 0, NULL);
	if (!*summary)
		fail_msg("no summary; stderr: %s", ended.err);
	law_assert(*summary);
	unlink(path);
	free(path);
	return ended;
}

static json_t *finding_of(json_t *summary, const char *id)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_path(summary, "processes.0.findings"), i, row)
	{
		if (strcmp(json_text(row, "id"), id) == 0)
			return row;
	}
	return NULL;
}

static void expect_lost(json_t *summary, const char *id, const char *other, int64_t messages)
{
	json_t *finding = finding_of(summary, id);

	assert_string_equal(json_text(summary, "verdict"), "lost");
	assert_non_null(finding);
	assert_string_equal(json_text(finding, "verdict"), "lost");
	assert_null(finding_of(summary, other));
	assert_int_equal(json_number(finding, "evidence.transaction_messages"), messages);
}

/* All of it is in the topic, and none of it will be seen. */
static void a_fenced_producer_lost_its_whole_transaction(void **state)
{
	json_t *summary;
	struct ended ended = told("EndTxn=PRODUCER_FENCED",
				  "transactional localhost:9092 commit 40", &summary);

	(void)state;
	assert_non_null(strstr(ended.out, "commit: _FENCED"));
	expect_lost(summary, "fenced", "open-transaction", 40);
	assert_int_equal(
		json_number(finding_of(summary, "fenced"), "evidence.transaction_error"), -144);
	assert_non_null(strstr(json_text(finding_of(summary, "fenced"), "text"),
			       "commit_transaction returned _FENCED"));
	/* In the first lines, too, and before what the broker answered. */
	assert_non_null(strstr(json_text(summary, "why"), "took this one's place"));
	assert_non_null(
		strstr(json_text(summary, "why"), "commit_transaction returned _FENCED"));
	assert_int_equal(json_number(summary, PRODUCER "messages.delivered"), 40);
	json_decref(summary);
	ended_free(&ended);
}

/* What came after the fencing failed by itself; no message is counted twice. */
static void fenced_while_it_produces_all_is_one_loss(void **state)
{
	json_t *summary;
	struct ended ended = told("Produce=PRODUCER_FENCED:9",
				  "transactional localhost:9092 commit 40", &summary);

	(void)state;
	expect_lost(summary, "fenced", "open-transaction", 40);
	json_decref(summary);
	ended_free(&ended);
}

static void a_commit_that_failed_otherwise_says_what_it_returned(void **state)
{
	json_t *summary;
	struct ended ended = told("EndTxn=INVALID_TXN_STATE",
				  "transactional localhost:9092 commit 40", &summary);

	(void)state;
	assert_null(finding_of(summary, "fenced"));
	assert_string_equal(json_text(summary, "verdict"), "lost");
	json_t *finding = finding_of(summary, "fatal-error");

	if (!finding)
		finding = finding_of(summary, "open-transaction");
	assert_non_null(finding);
	assert_non_null(
		strstr(json_text(finding, "text"), "commit_transaction returned INVALID_TXN"));
	json_decref(summary);
	ended_free(&ended);
}

static void a_commit_that_is_tried_again_leaves_no_error(void **state)
{
	json_t *summary;
	struct ended ended = told("EndTxn=COORDINATOR_LOAD_IN_PROGRESS",
				  "transactional localhost:9092 commit 40", &summary);

	(void)state;
	assert_non_null(strstr(ended.out, "commit: ok"));
	assert_string_equal(json_text(summary, "verdict"), "clean");
	json_decref(summary);
	ended_free(&ended);
}

/* All but its end is in the topic; the request that ends it may have come there or not. */
static void a_commit_that_a_kill_cuts_short_may_be_there(void **state)
{
	json_t *summary;
	struct ended ended = told("EndTxn=COORDINATOR_LOAD_IN_PROGRESS:1000",
				  "transactional localhost:9092 killed 40", &summary);

	(void)state;
	assert_string_equal(json_text(summary, "verdict"), "at_risk");
	assert_int_equal(json_number(summary, PRODUCER "messages.delivered"), 40);
	assert_non_null(
		strstr(json_text(finding_of(summary, "open-transaction"), "text"),
		       "may not be committed: the program ended inside commit_transaction"));
	json_decref(summary);
	ended_free(&ended);
}

/* The client asks for the end of it once its messages are there. */
static void a_commit_that_a_kill_cuts_short_before_is_lost(void **state)
{
	json_t *summary;
	struct ended ended = told("Produce=NOT_LEADER_FOR_PARTITION:1000",
				  "transactional localhost:9092 killed 40", &summary);

	(void)state;
	assert_string_equal(json_text(summary, "verdict"), "lost");
	assert_non_null(finding_of(summary, "open-transaction"));
	json_decref(summary);
	ended_free(&ended);
}

/* Also where the application never asks which error it was. */
static void a_fatal_error_is_said_with_its_cause(void **state)
{
	struct story story = story_of("fatal");
	json_t *finding;

	(void)state;
	story_tell(&story, "@ 50 1");
	finding = finding_of(story.summary, "fatal-error");
	assert_non_null(finding);
	assert_string_equal(json_text(finding, "verdict"), "clean"); /* a remark: it was told */
	assert_int_equal(json_number(finding, "evidence.fatal_error"), 45);
	story_end(&story);
	story = story_of("fatal");
	story_tell(&story, "@ 50 0");
	assert_null(finding_of(story.summary, "fatal-error"));
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fenced_producer_lost_its_whole_transaction),
		cmocka_unit_test(fenced_while_it_produces_all_is_one_loss),
		cmocka_unit_test(a_commit_that_failed_otherwise_says_what_it_returned),
		cmocka_unit_test(a_commit_that_is_tried_again_leaves_no_error),
		cmocka_unit_test(a_commit_that_a_kill_cuts_short_may_be_there),
		cmocka_unit_test(a_commit_that_a_kill_cuts_short_before_is_lost),
		cmocka_unit_test(a_fatal_error_is_said_with_its_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
