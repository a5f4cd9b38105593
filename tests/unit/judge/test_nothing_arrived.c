/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_nothing_arrived.c - "clean, 0 of 30 messages were delivered" is
 * impossible.
 *
 * Tries every way in which three messages can fail to arrive, with every other
 * value that the judge reads: no combination of counters in which messages were
 * produced and none was delivered or unconfirmed is clean. With one delivered
 * message, some are.
 */
#include "judge/judge.h"

#include <stddef.h>
#include <stdint.h>

#include "testing.h"

#define MESSAGES 3

/* One way, as digits: each counts up to its base. */
enum digit {
	FAILED_MESSAGES,
	PURGED_MESSAGES,
	FAILED_TOLD,
	FAILED_TOLD_BINDING,
	PURGED_TOLD,
	PURGED_TOLD_BINDING,
	PURGES,
	PURGE_FOUND,
	ABORTED,
	COMMITTED,
	WAITS,
	CLIENT,
	DIGITS
};

static const int bases[DIGITS] = {
	[FAILED_MESSAGES] = MESSAGES + 1,
	[PURGED_MESSAGES] = MESSAGES + 1,
	[FAILED_TOLD] = MESSAGES + 1,
	[FAILED_TOLD_BINDING] = 2,
	[PURGED_TOLD] = MESSAGES + 1,
	[PURGED_TOLD_BINDING] = 2,
	[PURGES] = 4, /* none, own, late, a wrapper's */
	[PURGE_FOUND] = 2,
	[ABORTED] = MESSAGES + 1,
	[COMMITTED] = MESSAGES + 1,
	[WAITS] = 3,
	[CLIENT] = 2,
};

static bool next(int digits[DIGITS])
{
	for (int i = 0; i < DIGITS; i++) {
		if (++digits[i] < bases[i])
			return true;
		digits[i] = 0;
	}
	return false;
}

/* `all`: the binding was told of all that is left, or of nothing. */
static struct told told_of(int64_t messages, int64_t application, bool all)
{
	struct told told = {.application = application};

	told.binding = all ? messages - application : 0;
	told.nobody = messages - told.application - told.binding;
	return told;
}

static struct producer producer_of(const int digits[DIGITS])
{
	struct producer producer = {
		.client = digits[CLIENT] ? CLIENT_LIBRDKAFKA : CLIENT_KAFKA_PYTHON,
		.flags = PRODUCER_REPORTS,
		.purges_own = digits[PURGES] == 1,
		.purges_late = digits[PURGES] == 2,
		.purges_wrapper = digits[PURGES] == 3,
		.purge_found = digits[PURGE_FOUND] * MESSAGES,
		.aborted_messages = digits[ABORTED],
		.committed_messages = digits[COMMITTED],
	};
	int64_t *messages = producer.tally.messages;

	messages[PRODUCED] = MESSAGES;
	messages[FAILED] = digits[FAILED_MESSAGES];
	messages[PURGED] = digits[PURGED_MESSAGES];
	messages[OUTSTANDING] = MESSAGES - messages[FAILED] - messages[PURGED];
	messages[UNSENT] = messages[OUTSTANDING];
	producer.failed_told =
		told_of(messages[FAILED], digits[FAILED_TOLD], digits[FAILED_TOLD_BINDING]);
	producer.purged_told =
		told_of(messages[PURGED], digits[PURGED_TOLD], digits[PURGED_TOLD_BINDING]);
	producer.waits = (struct waits){
		.known = true,
		.by = digits[WAITS] ? WAITED_FLUSH : WAITED_NOT,
		.waited_for = digits[WAITS] ? MESSAGES : 0,
		.reports_waited = digits[WAITS] == 2 ? MESSAGES : 0,
	};
	return producer;
}

static bool is_possible(const struct producer *producer)
{
	return producer->tally.messages[OUTSTANDING] >= 0 &&
	       producer->failed_told.nobody >= 0 && producer->purged_told.nobody >= 0;
}

static enum verdict judged(struct producer *producer)
{
	struct process process = {.pid = 1,
				  .shim_loaded = true,
				  .how = ENDED_EXIT,
				  .producers = producer,
				  .producer_count = 1};
	struct run run = {.processes = &process, .process_count = 1};

	judge_run(&run);
	return run.verdict;
}

static void of_nothing_that_arrived_no_counters_are_clean(void **state)
{
	int digits[DIGITS] = {0};
	size_t tried = 0;

	(void)state;
	do {
		struct producer producer = producer_of(digits);

		if (!is_possible(&producer))
			continue;
		tried++;
		if (judged(&producer) == VERDICT_CLEAN)
			fail_msg("clean: %d failed (%d told), %d purged (%d told, purges %d), "
				 "%d aborted, %d committed",
				 digits[FAILED_MESSAGES], digits[FAILED_TOLD],
				 digits[PURGED_MESSAGES], digits[PURGED_TOLD], digits[PURGES],
				 digits[ABORTED], digits[COMMITTED]);
	} while (next(digits));
	assert_true(tried > 10000);
}

/* Or the law above would hold for a judge who calls nothing clean. */
static void one_that_arrived_and_was_waited_for_is(void **state)
{
	int digits[DIGITS] = {[WAITS] = 1};
	struct producer producer = producer_of(digits);

	(void)state;
	producer.tally.messages[DELIVERED] = MESSAGES;
	producer.tally.messages[OUTSTANDING] = producer.tally.messages[UNSENT] = 0;
	assert_int_equal(judged(&producer), VERDICT_CLEAN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_nothing_that_arrived_no_counters_are_clean),
		cmocka_unit_test(one_that_arrived_and_was_waited_for_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
