/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_explain.c - `unflushed explain`: what it prints, and what it refuses.
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
}

/* A program of tests/examples that forgets to flush; what it leaves is in `directory`, and in
 * `summary`. */
static void record(char **directory, char **summary)
{
	*directory = scratch_name(".traces");
	*summary = scratch_name(".json");
	struct ended run =
		tool_run("run --quiet --broker --broker-rtt 400 --dir %s -f json -o %s "
			 "-- %s/examples/missing-flush/cpp/wrong {broker}",
			 *directory, *summary, PATH_TESTS);

	assert_int_equal(exit_code(&run), 0);
	ended_free(&run);
}

static void assert_explained_for_cpp(struct ended ended)
{
	assert_string_equal(ended.err, "");
	assert_int_equal(exit_code(&ended), 0);
	assert_non_null(strstr(ended.out, "\nWhere it was found\n"));
	assert_non_null(strstr(ended.out, "missing-flush/cpp/wrong, process "));
	assert_non_null(strstr(ended.out, "with 100 of 100 messages"));
	assert_non_null(strstr(ended.out, "\nC++, librdkafka++\n"));
	assert_null(strstr(ended.out, "\nPython"));
	assert_null(strstr(ended.out, "\nC, librdkafka\n"));
	ended_free(&ended);
}

static void of_traces_and_summaries_it_has_the_numbers_and_the_language(void **state)
{
	char *directory, *summary;

	(void)state;
	record(&directory, &summary);
	assert_explained_for_cpp(tool_run("explain missing-flush %s", directory));
	assert_explained_for_cpp(tool_run("explain missing-flush %s", summary));
	struct ended ended = tool_run("explain -f json missing-flush %s", directory);
	json_t *object = json_loads(ended.out, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(object);
	assert_int_equal(json_number(object, "occurrences.0.evidence.outstanding"), 100);
	assert_string_equal(json_text(object, "clients.0.language"), "c++");
	assert_null(json_path(object, "clients.1"));
	json_decref(object);
	ended_free(&ended);
	ended = tool_run("explain open-transaction %s", summary);
	assert_int_equal(exit_code(&ended), 2);
	assert_string_equal(ended.err,
			    "unflushed: there is no open-transaction in what was read\n");
	ended_free(&ended);
	free(directory);
	free(summary);
}

static char *digits_of(const char *summary)
{
	json_t *object = json_load_file(summary, 0, NULL);
	char *digits = strdup(json_text(object, "processes.0.findings.0.signature.digits"));

	json_decref(object);
	return digits;
}

static void of_a_signature_the_one_fault_is_explained(void **state)
{
	char *directory, *summary;

	(void)state;
	record(&directory, &summary);
	char *digits = digits_of(summary);
	assert_explained_for_cpp(tool_run("explain %s %s", digits, directory));
	assert_explained_for_cpp(tool_run("explain %s %s", digits, summary));
	struct ended ended = tool_run("explain %s", digits);
	assert_int_equal(exit_code(&ended), 2);
	assert_non_null(strstr(ended.err, "says nothing without the traces"));
	ended_free(&ended);
	digits[0] = digits[0] == '0' ? '1' : '0';
	ended = tool_run("explain %s %s", digits, directory);
	assert_int_equal(exit_code(&ended), 2);
	assert_non_null(strstr(ended.err, "there is no signature "));
	ended_free(&ended);
	free(digits);
	free(directory);
	free(summary);
}

static void assert_unreadable(const char *content, const char *words)
{
	char *path = scratch_name(".json");
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(content, file);
	fclose(file);
	struct ended ended = tool_run("explain missing-flush %s", path);
	assert_int_equal(exit_code(&ended), 3);
	assert_string_equal(ended.out, "");
	if (!strstr(ended.err, words))
		fail_msg("'%s' is not in '%s'", words, ended.err);
	ended_free(&ended);
	free(path);
}

static void what_is_no_summary_is_refused(void **state)
{
	(void)state;
	assert_unreadable("{", "line 1, byte 1");
	assert_unreadable("{\"schema\": \"other\", \"processes\": []}",
			  "no summary of schema unflushed.summary/1");
	assert_unreadable("{\"schema\": \"unflushed.summary/1\"}", "no summary");
	assert_unreadable("{\"schema\": \"unflushed.summary/1\", \"processes\": [{}]}",
			  "no summary");
	assert_unreadable("{\"schema\": \"unflushed.summary/1\", \"processes\": "
			  "[{\"findings\": [{\"id\": 3}]}]}",
			  "no summary");
	assert_unreadable("no trace", "cannot read");
	struct ended ended = tool_run("explain missing-flush /no/such/file");
	assert_int_equal(exit_code(&ended), 3);
	ended_free(&ended);
}

static void what_cannot_be_written_is_an_error(void **state)
{
	struct ended ended = tool_run("explain missing-flush --output /dev/full");

	(void)state;
	assert_int_equal(exit_code(&ended), 1);
	assert_non_null(strstr(ended.err, "cannot write '/dev/full'"));
	ended_free(&ended);
}

/* Code and what is to be typed stay as they are. */
static void the_words_are_as_wide_as_the_terminal(void **state)
{
	(void)state;
	setenv("COLUMNS", "50", 1);
	struct ended narrow = tool_run("explain missing-flush -l c");

	unsetenv("COLUMNS");
	assert_int_equal(exit_code(&narrow), 0);
	assert_non_null(
		strstr(narrow.out, "\n  Producing only puts a message into a queue in\n"));
	ended_free(&narrow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_is_explained),
		cmocka_unit_test(without_a_name_all_are_listed),
		cmocka_unit_test(what_is_no_finding_is_refused_with_what_is_near),
		cmocka_unit_test(of_traces_and_summaries_it_has_the_numbers_and_the_language),
		cmocka_unit_test(of_a_signature_the_one_fault_is_explained),
		cmocka_unit_test(what_is_no_summary_is_refused),
		cmocka_unit_test(what_cannot_be_written_is_an_error),
		cmocka_unit_test(the_words_are_as_wide_as_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
