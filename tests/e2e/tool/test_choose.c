/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_choose.c - a report, and a guard, of the processes that were asked for.
 *
 * Three are kept: two that lost 3 and 4 messages, and one that waited for its 7.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *folder;

static const struct row {
	const char *options;
	int code;	   /* of check */
	const char *says;  /* on stdout: the report's first line */
	const char *count; /* on stderr */
} rows[] = {
	{"--verdict lost", 80, "all 7 messages", "2 of 3"},
	{"--verdict lost,clean", 80, "7 of 14 messages", "3 of 3"},
	{"--verdict clean", 0, "CLEAN", "1 of 3"},
	{"--exe flushes", 0, "CLEAN", "1 of 3"},
	{"--exe forgets_*", 80, "all 7 messages", "2 of 3"},
	{"--topic stor*", 80, "7 of 14 messages", "3 of 3"},
	{"--topic audits", 83, "no process is as was asked for", "0 of 3"},
	{"--since 1h", 80, "7 of 14 messages", "3 of 3"},
	{"--until 1h", 83, "no process is as was asked for", "0 of 3"},
	{"--since 2001-01-01 --until 2001-01-02T00:00:00Z", 83, "no process", "0 of 3"},
	{"--exe flushes --verdict lost", 83, "no process", "0 of 3"},
	{"--verdict lots", 2, "", "no verdict 'lots'"},
	{"--since soon", 2, "", "'soon' is no time"},
	{"--only 12", 2, "", "'12' is no signature"},
};

static void each_choice_is_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ended ended = tool_run("check %s %s", folder, rows[i].options);

		if (exit_code(&ended) != rows[i].code || !strstr(ended.out, rows[i].says) ||
		    !strstr(ended.err, rows[i].count))
			fail_msg("%s: %d\n%s%s", rows[i].options, exit_code(&ended), ended.out,
				 ended.err);
		ended_free(&ended);
		ended = tool_run("report %s %s", folder, rows[i].options);
		assert_int_equal(exit_code(&ended), rows[i].code == 2 ? 2 : 0);
		ended_free(&ended);
	}
}

/* Its first digits are enough; no other process has them. */
static void a_signature_chooses_its_processes(void **state)
{
	struct ended ended = tool_run("report -f json %s", folder);
	json_t *summary = json_loads(ended.out, 0, NULL);
	const char *digits = json_text(summary, "signatures.0.signature.digits");

	(void)state;
	struct ended chosen = tool_run("report -f json --only %.6s %s", digits, folder);
	json_t *part = json_loads(chosen.out, 0, NULL);

	assert_int_equal(json_array_size(json_path(part, "processes")), 2);
	assert_int_equal(json_number(part, "left_out"), 1);
	assert_int_equal(json_number(part, "losses.certain"), 7);
	json_decref(part);
	json_decref(summary);
	ended_free(&chosen);
	ended_free(&ended);
}

static size_t count_of(const char *text, size_t length, char what)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += text[i] == what;
	return count;
}

/* Only paths, and each is one that a command takes. */
static void those_that_are_not_clean_are_listed(void **state)
{
	static const struct {
		const char *command;
		size_t lines;
		int code;
	} listings[] = {
		{"report --list-bad %s", 2, 0},
		{"check --list-bad -q %s", 2, 80},
		{"report --list-bad --exe flushes %s", 0, 0},
		{"report --list-bad -f json:/dev/null -f text:/dev/stderr %s", 2, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(listings) / sizeof(*listings); i++) {
		char command[300];

		snprintf(command, sizeof(command), listings[i].command, folder);
		struct ended ended = tool_run("%s", command);

		assert_int_equal(exit_code(&ended), listings[i].code);
		assert_int_equal(count_of(ended.out, strlen(ended.out), '\n'),
				 listings[i].lines);
		for (char *path = strtok(ended.out, "\n"); path; path = strtok(NULL, "\n")) {
			struct ended one = tool_run("check -q %s", path);

			assert_int_equal(exit_code(&one), 80);
			ended_free(&one);
		}
		ended_free(&ended);
	}
}

static void names_of_any_bytes_are_listed_whole(void **state)
{
	char *copy = scratch_name("-odd"), command[1000];

	(void)state;
	snprintf(command, sizeof(command),
		 "mkdir %s && n=0 && for file in %s/*; do n=$((n + 1)); "
		 "cp $file \"%s/$(printf '%%d\\n\\033[31m\\377' $n).trace\"; done",
		 copy, folder, copy);
	assert_int_equal(system(command), 0);
	/* Each of them alone is taken by a command. */
	snprintf(command, sizeof(command),
		 PATH_TOOL " report --list-bad -0 %s | xargs -0 -n 1 sh -c '" PATH_TOOL
			   " check -q \"$0\"; test $? = 80 && echo lost' | grep -c lost "
			   "| grep -qx 2",
		 copy);
	assert_int_equal(system(command), 0);
	struct ended ended = tool_run("report --list-bad %s", copy);

	assert_int_equal(count_of(ended.out, strlen(ended.out), '\n'), 2);
	assert_null(strchr(ended.out, '\033'));
	assert_non_null(strstr(ended.err, "2 of these paths hold what a line cannot: take -0"));
	ended_free(&ended);
	free(copy);
}

static void a_listing_shares_stdout_with_nothing(void **state)
{
	static const char *const refused[] = {"--list-bad -f json", "--list-bad -f json:-",
					      "--list-bad -f text:/dev/stdout",
					      "--list-bad -o /tmp/x", "-0"};

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct ended ended = tool_run("report %s %s", refused[i], folder);

		assert_int_equal(exit_code(&ended), 2);
		assert_string_equal(ended.out, "");
		ended_free(&ended);
	}
}

static int prepare(void **state)
{
	struct broker *broker = broker_start(), *far_broker = broker_start();

	(void)state;
	folder = scratch_name("-kept");
	broker_rtt(far_broker, 1000);
	for (int count = 3; count <= 4; count++) {
		struct ended ended =
			tool_run("run -q --dir %s -- " PATH_HOSTS "/forgets_flush %s %d",
				 folder, broker_address(far_broker), count);
		ended_free(&ended);
	}
	struct ended ended = tool_run("run -q --dir %s -- " PATH_HOSTS "/flushes %s 7", folder,
				      broker_address(broker));
	ended_free(&ended);
	broker_stop(far_broker);
	broker_stop(broker);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	free(folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_choice_is_kept),
		cmocka_unit_test(a_signature_chooses_its_processes),
		cmocka_unit_test(those_that_are_not_clean_are_listed),
		cmocka_unit_test(names_of_any_bytes_are_listed_whole),
		cmocka_unit_test(a_listing_shares_stdout_with_nothing),
	};

	return cmocka_run_group_tests(tests, prepare, finish);
}
