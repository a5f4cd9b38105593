/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_explain.c - `unflushed explain`: what it answers, and what it refuses.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

static void a_finding_is_explained(void **state)
{
	struct ended ended = tool_run("explain missing-flush --language c");

	(void)state;
	assert_int_equal(exit_code(&ended), 0);
	assert_string_equal(ended.err, "");
	assert_non_null(strstr(ended.out, "missing-flush (lost)\n"));
	assert_non_null(strstr(ended.out, "How it comes about\n"));
	assert_non_null(strstr(ended.out, "rd_kafka_flush(rk, 60000);"));
	assert_null(strstr(ended.out, "--8<--"));
	ended_free(&ended);
}

static void without_a_name_all_are_listed(void **state)
{
	struct ended ended = tool_run("explain");

	(void)state;
	assert_int_equal(exit_code(&ended), 0);
	assert_non_null(strstr(ended.out, "\nexit-in-flight (at_risk)\n"));
	assert_non_null(strstr(ended.out, "\nnagle-delay (a remark)\n"));
	ended_free(&ended);
	ended = tool_run("explain -f json");
	json_t *list = json_loads(ended.out, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(list);
	assert_non_null(json_path(list, "findings.50.finding"));
	json_decref(list);
	ended_free(&ended);
}

static void what_is_no_finding_is_refused_with_what_is_near(void **state)
{
	struct ended ended = tool_run("explain mising-flush");

	(void)state;
	assert_int_equal(exit_code(&ended), 2);
	assert_string_equal(ended.out, "");
	assert_non_null(strstr(ended.err, "there is no finding 'mising-flush'; near it: "
					  "missing-flush\n"));
	ended_free(&ended);
	ended = tool_run("explain xyzzy-no-such-thing");
	assert_int_equal(exit_code(&ended), 2);
	assert_non_null(strstr(ended.err, "there is no finding 'xyzzy-no-such-thing'\n"));
	ended_free(&ended);
	ended = tool_run("explain missing-flush --language cobol");
	assert_int_equal(exit_code(&ended), 2);
	ended_free(&ended);
	ended = tool_run("explain missing-flush racy-exit");
	assert_int_equal(exit_code(&ended), 2);
	ended_free(&ended);
}

static void what_cannot_be_written_is_an_error(void **state)
{
	struct ended ended = tool_run("explain missing-flush --output /dev/full");

	(void)state;
	assert_int_equal(exit_code(&ended), 1);
	assert_non_null(strstr(ended.err, "cannot write the explanation"));
	ended_free(&ended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_is_explained),
		cmocka_unit_test(without_a_name_all_are_listed),
		cmocka_unit_test(what_is_no_finding_is_refused_with_what_is_near),
		cmocka_unit_test(what_cannot_be_written_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
