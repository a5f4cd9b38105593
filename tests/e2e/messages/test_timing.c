/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_timing.c - one millisecond decides which messages arrive, but never the
 * verdict.
 *
 * 100 messages, no flush, and a little work before the exit: whether they
 * arrive is luck, but the check fails every time. With a flush it passes.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#define TIMES 3

static void the_check_fails_whatever_arrived(void **state)
{
	static const int work_ms[] = {0, 3, 5, 6, 8, 10, 50, 200};

	(void)state;
	for (size_t i = 0; i < sizeof(work_ms) / sizeof(*work_ms) * TIMES; i++) {
		struct story story = story_of("forgets_flush");
		const char *verdict;

		story_tell(&story, "@ 100 %d", work_ms[i / TIMES]);
		verdict = story_verdict(&story);
		if (strcmp(verdict, "lost") != 0 && strcmp(verdict, "at_risk") != 0 &&
		    strcmp(verdict, "racy") != 0)
			fail_msg("%d ms of work: '%s'", work_ms[i / TIMES], verdict);
		if (strcmp(verdict, "racy") == 0)
			assert_int_equal(story.arrived, 100);
		if (strcmp(verdict, "lost") == 0)
			assert_true(story.arrived < 100);
		story_expect_truth(&story);
		story_end(&story);
	}
}

/* `run --check` of a host against a broker of its own; `arrived` may be NULL. */
static int check(const char *host, int work_ms, int64_t *arrived)
{
	struct ended ended;
	bool again = true;
	int code = 0;

	for (int i = 0; again; i++) {
		struct broker *broker = broker_start();

		ended = tool_run("run --quiet --check -- %s/%s %s 100 %d", PATH_HOSTS, host,
				 broker_address(broker), work_ms);
		again = crashed_by_itself(&ended, i);
		if (!again)
			code = exit_code(&ended);
		if (arrived)
			*arrived = broker_messages(broker);
		ended_free(&ended);
		broker_stop(broker);
	}
	return code;
}

static void run_check_exits_with_the_verdicts_code(void **state)
{
	static const int work_ms[] = {0, 5, 6, 10, 200};

	(void)state;
	for (size_t i = 0; i < sizeof(work_ms) / sizeof(*work_ms); i++) {
		assert_between(check("forgets_flush", work_ms[i], NULL), 80, 82);
	}
}

static void the_check_passes_with_a_flush(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		int64_t arrived;

		assert_int_equal(check("flushes", 0, &arrived), 0);
		assert_int_equal(arrived, 100);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_check_fails_whatever_arrived),
		cmocka_unit_test(run_check_exits_with_the_verdicts_code),
		cmocka_unit_test(the_check_passes_with_a_flush),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
