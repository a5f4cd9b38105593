/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_diff.c - `unflushed diff` of two runs: a host that does not flush, and
 * the same host corrected.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *lossy, *more, *mended; /* directories of traces */

static char *record(const char *host, int messages)
{
	struct broker *broker = broker_start();
	char *traces = scratch_name(".traces");

	/* So far away that what is not flushed never gets out, however slow the machine. */
	if (strcmp(host, "flushes") != 0)
		broker_rtt(broker, 1000);
	struct ended run = tool_run("run --quiet --dir %s -- %s/%s %s %d", traces, PATH_HOSTS,
				    host, broker_address(broker), messages);

	assert_int_equal(exit_code(&run), 0);
	ended_free(&run);
	broker_stop(broker);
	return traces;
}

static int setup(void **state)
{
	(void)state;
	lossy = record("forgets_flush", 100);
	more = record("forgets_flush", 300);
	mended = record("flushes", 100);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(lossy);
	free(more);
	free(mended);
	return 0;
}

static json_t *diff(const char *before, const char *after, int code)
{
	struct ended ended = tool_run("diff --exit-code -f json %s %s", before, after);
	json_t *root = json_loads(ended.out, 0, NULL);

	if (exit_code(&ended) != code || !root)
		fail_msg("exit %d: %s%s", exit_code(&ended), ended.out, ended.err);
	ended_free(&ended);
	return root;
}

static char *summary_of(const char *traces)
{
	char *path = scratch_name(".json");
	struct ended ended = tool_run("report -f json:%s %s", path, traces);

	assert_int_equal(exit_code(&ended), 0);
	ended_free(&ended);
	return path;
}

static void a_mended_fault_is_gone_and_a_made_one_is_new(void **state)
{
	json_t *root = diff(lossy, mended, 0);

	(void)state;
	assert_int_equal(json_number(root, "counts.gone"), 1);
	assert_int_equal(json_number(root, "counts.new"), 0);
	assert_int_equal(json_number(root, "before.certain"), 100);
	assert_int_equal(json_number(root, "after.delivered"), 100);
	json_decref(root);
	root = diff(mended, lossy, 1);
	assert_int_equal(json_number(root, "counts.new"), 1);
	assert_string_equal(json_text(root, "signatures.0.is"), "new");
	assert_string_equal(json_text(root, "signatures.0.signature.family"), "waiting");
	assert_int_equal(json_number(root, "signatures.0.after.certain"), 100);
	json_decref(root);
}

static void runs_of_different_size_compare(void **state)
{
	json_t *root = diff(lossy, more, 0);

	(void)state;
	assert_int_equal(json_number(root, "counts.same"), 1);
	assert_int_equal(json_number(root, "after.produced"), 300);
	json_decref(root);
}

static void a_summary_compares_as_its_traces_do(void **state)
{
	char *before = summary_of(mended), *after = summary_of(lossy);
	json_t *traces = diff(mended, lossy, 1), *summaries = diff(before, after, 1);

	(void)state;
	assert_true(json_equal(traces, summaries));
	json_decref(traces);
	json_decref(summaries);
	free(before);
	free(after);
}

static void assert_refused(const char *bytes, const char *why)
{
	char *path = scratch_name(".json");
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(bytes, file);
	fclose(file);
	struct ended ended = tool_run("diff %s %s", path, mended);
	if (exit_code(&ended) != 3 || *ended.out || !strstr(ended.err, path) ||
	    !strstr(ended.err, why))
		fail_msg("exit %d: %s%s", exit_code(&ended), ended.out, ended.err);
	ended_free(&ended);
	free(path);
}

static void what_cannot_be_read_is_3_and_nothing_is_compared(void **state)
{
	(void)state;
	assert_refused("{\n \"schema\": oops}", "line 2, column 15");
	assert_refused("{\"schema\": \"other/1\"}",
		       "schema is 'other/1', and not 'unflushed.summary/1'");
	assert_refused("no trace", "cannot read");
	struct ended ended = tool_run("diff %s", mended);
	assert_int_equal(exit_code(&ended), 2);
	ended_free(&ended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mended_fault_is_gone_and_a_made_one_is_new),
		cmocka_unit_test(runs_of_different_size_compare),
		cmocka_unit_test(a_summary_compares_as_its_traces_do),
		cmocka_unit_test(what_cannot_be_read_is_3_and_nothing_is_compared),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
