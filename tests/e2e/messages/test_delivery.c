/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_delivery.c - messages that fail, are refused or purged, and every
 * produce call.
 */
#include "harness.h"

#include <string.h>

static struct story tell(const char *host, const char *arguments)
{
	struct story story = story_of(host);

	story_tell(&story, "%s", arguments);
	return story;
}

static void failing_with_nobody_told_is_lost(void **state)
{
	struct story story = story_of("delivery_fails_unseen");

	(void)state;
	story.dead_broker = true;
	story_tell(&story, "@ 100");
	story_expect(&story, "lost", "failed-unseen");
	assert_int_equal(story_count(&story, "failed"), 100);
	story_end(&story);
}

static void failing_and_being_told_is_failed(void **state)
{
	struct story story = story_of("delivery_fails_told");

	(void)state;
	story.dead_broker = true;
	story_tell(&story, "@ 100");
	story_expect(&story, "failed", "delivery-failed");
	assert_false(story_has(&story, "failed-unseen"));
	assert_int_equal(story_count(&story, "failed"), 100);
	assert_true(json_number(story.summary, "processes.0.producers.0.errors.0.code") != 0);
	assert_int_equal(
		json_number(story.summary, "processes.0.producers.0.errors.0.messages"), 100);
	story_end(&story);
}

static void delivery_without_failures_has_no_such_finding(void **state)
{
	struct story story = tell("delivery_fails_told", "@ 100");

	(void)state;
	story_expect(&story, "clean", NULL);
	assert_false(story_has(&story, "delivery-failed"));
	story_end(&story);
}

static void purging_is_deliberate(void **state)
{
	struct story story = tell("purges", "@ 1000");

	(void)state;
	story_expect(&story, "failed", "purged");
	assert_int_equal(story_count(&story, "purged"), 1000);
	assert_int_equal(story.arrived, 0);
	story_end(&story);
}

static void a_full_queue_that_nobody_minds_is_at_risk(void **state)
{
	struct story story = tell("queue_full_drops", "@ 200");

	(void)state;
	story_expect(&story, "at_risk", "rejected-not-retried");
	assert_int_equal(story_count(&story, "produced") + story_count(&story, "rejected"),
			 200);
	assert_int_equal(story_count(&story, "produced"), story.arrived);
	story_end(&story);
}

static void a_full_queue_tried_again_is_clean(void **state)
{
	struct story story = tell("queue_full_retries", "@ 200");

	(void)state;
	story_expect(&story, "clean", NULL);
	assert_false(story_has(&story, "rejected-not-retried"));
	assert_true(story_count(&story, "rejected") > 0);
	assert_int_equal(story.arrived, 200);
	story_end(&story);
}

static void a_message_too_large_is_refused_and_counted(void **state)
{
	struct story story = tell("too_large", "@ 10");

	(void)state;
	story_expect(&story, "at_risk", "rejected-not-retried");
	assert_int_equal(story_count(&story, "rejected"), 1);
	assert_int_equal(story_count(&story, "produced"), 10);
	story_end(&story);
}

static void a_batch_counts_what_was_taken(void **state)
{
	struct story story = tell("batch", "@ flush");

	(void)state;
	story_expect(&story, "at_risk", "rejected-not-retried");
	assert_int_equal(story_count(&story, "produced"), 90);
	assert_int_equal(story_count(&story, "rejected"), 10);
	assert_int_equal(story_count(&story, "delivered"), 90);
	assert_int_equal(story.arrived, 90);
	story_end(&story);
}

/* Drift: what a batch took was not looked for among the refused. */
static void what_a_batch_refused_and_another_took_was_tried_again(void **state)
{
	struct story story = tell("batch_retries", "@ 200");

	(void)state;
	story_expect(&story, "clean", NULL);
	assert_true(story_count(&story, "rejected") > 0);
	assert_int_equal(story_count(&story, "delivered"), 200);
	assert_int_equal(story.arrived, 200);
	story_end(&story);
}

/* Drift: a message that librdkafka had taken over was read. Who reads these dies. */
static void a_batch_that_the_client_has_freed_is_left_alone(void **state)
{
	struct story story = tell("batch_frees", "@");

	(void)state;
	assert_non_null(strstr(story.watched.out, "taken: 0, _UNKNOWN_PARTITION"));
	story_expect(&story, "at_risk", "rejected-not-retried");
	assert_int_equal(story_count(&story, "rejected"), 3);
	assert_int_equal(story_count(&story, "delivered"), 1);
	story_end(&story);
}

static void a_batch_without_flush_is_lost(void **state)
{
	struct story story = story_of("batch");

	(void)state;
	story.rtt_ms = 1000; /* so that none gets out, however slow the machine */
	story_tell(&story, "@");
	story_expect(&story, "lost", "destroy-without-flush");
	assert_int_equal(story_count(&story, "produced"), 90);
	story_expect_truth(&story);
	story_end(&story);
}

static void producev_and_produceva_are_counted_alike(void **state)
{
	struct story story = tell("producev", "@ 100 flush");

	(void)state;
	assert_int_equal(story_count(&story, "produced"), 200);
	assert_int_equal(story_count(&story, "delivered"), 200);
	/* "key" and an int, a hundred times, and the int alone: key plus value. */
	assert_int_equal(json_number(story.summary, "processes.0.producers.0.bytes.produced"),
			 100 * (3 + 4) + 100 * 4);
	assert_int_equal(story.arrived, 200);
	story_end(&story);
}

static void producev_without_flush_is_lost(void **state)
{
	struct story story = story_of("producev");

	(void)state;
	story.rtt_ms = 1000; /* so that none gets out, however slow the machine */
	story_tell(&story, "@ 100");
	story_expect(&story, "lost", "destroy-without-flush");
	assert_int_equal(story_count(&story, "produced"), 200);
	story_expect_truth(&story);
	story_end(&story);
}

static void acks_zero_is_unconfirmed_and_never_delivered(void **state)
{
	struct story story = tell("acks_zero", "@ 1000");

	(void)state;
	assert_int_equal(story_count(&story, "delivered"), 0);
	assert_int_equal(story_count(&story, "unconfirmed"), 1000);
	assert_int_equal(json_number(story.summary, "processes.0.producers.0.acks"), 0);
	assert_int_equal(story.arrived, 1000);
	story_end(&story);
}

/* Clean, and what "delivered" does not promise is a remark. */
static void acks_one_is_remarked_on_and_acks_all_is_not(void **state)
{
	struct story story = tell("acks_zero", "@ 100 1");

	(void)state;
	story_expect(&story, "clean", "leader-alone");
	story_end(&story);
	story = tell("acks_zero", "@ 100 all");
	story_expect(&story, "clean", NULL);
	assert_false(story_has(&story, "leader-alone"));
	story_end(&story);
}

static void an_open_transaction_is_lost(void **state)
{
	struct story story = tell("transactional", "@ open 100");

	(void)state;
	story_expect(&story, "lost", "open-transaction");
	assert_int_equal(story_count(&story, "delivered"), 100);
	story_end(&story);
}

static void a_committed_transaction_is_clean(void **state)
{
	struct story story = tell("transactional", "@ commit 100");

	(void)state;
	story_expect(&story, "clean", NULL);
	assert_false(story_has(&story, "open-transaction"));
	assert_int_equal(story_count(&story, "delivered"), 100);
	story_end(&story);
}

static void an_aborted_transaction_is_no_loss(void **state)
{
	struct story story = tell("transactional", "@ abort 100");

	(void)state;
	assert_false(story_has(&story, "open-transaction"));
	assert_string_equal(story_verdict(&story), "failed");
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failing_with_nobody_told_is_lost),
		cmocka_unit_test(failing_and_being_told_is_failed),
		cmocka_unit_test(delivery_without_failures_has_no_such_finding),
		cmocka_unit_test(purging_is_deliberate),
		cmocka_unit_test(a_full_queue_that_nobody_minds_is_at_risk),
		cmocka_unit_test(a_full_queue_tried_again_is_clean),
		cmocka_unit_test(a_message_too_large_is_refused_and_counted),
		cmocka_unit_test(a_batch_counts_what_was_taken),
		cmocka_unit_test(what_a_batch_refused_and_another_took_was_tried_again),
		cmocka_unit_test(a_batch_that_the_client_has_freed_is_left_alone),
		cmocka_unit_test(a_batch_without_flush_is_lost),
		cmocka_unit_test(producev_and_produceva_are_counted_alike),
		cmocka_unit_test(producev_without_flush_is_lost),
		cmocka_unit_test(acks_zero_is_unconfirmed_and_never_delivered),
		cmocka_unit_test(acks_one_is_remarked_on_and_acks_all_is_not),
		cmocka_unit_test(an_open_transaction_is_lost),
		cmocka_unit_test(a_committed_transaction_is_clean),
		cmocka_unit_test(an_aborted_transaction_is_no_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
