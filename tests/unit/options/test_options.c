/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_options.c - options are parsed by their rows, are listed in the help,
 * and unknown ones are refused.
 */
#include "cli/arguments.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "testing.h"

static bool quiet, rtt_came;
static const char *format, *output;
static long milliseconds;
static struct option_list topics;

static const struct option_row rows[] = {
	{"quiet", 'q', OPTION_FLAG, NULL, "say nothing", .into = &quiet},
	{"format", 'f', OPTION_CHOICE, "FORMAT", "how", &format, .choices = "text|json",
	 .once = true},
	{"output", 'o', OPTION_STRING, "FILE", "where", .into = &output},
	{"rtt", 0, OPTION_NUMBER, "MS", "how slow", &milliseconds, .least = 0, .most = 1000,
	 .given = &rtt_came},
	{"topic", 't', OPTION_LIST, "TOPIC", "which", .into = &topics},
	{.name = NULL},
};

static const struct option_row of_others[] = {
	{"since", 's', OPTION_STRING, "TIME", "from then on", .into = &output},
	{.name = NULL},
};

static struct option_table table = {
	.command = "test",
	.operands = "FILE...",
	.purpose = "Tests.",
	.rows = rows,
	.operands_least = 1,
	.refused = of_others,
	.refused_why = "is of report: keep the traces",
};

static char *said; /* on stderr */

/* Parses a line of words; what it says on stderr is in `said`. */
static int parse(char *line, char **argv, int *argc, int *first)
{
	static char buffer[4096];
	char path[] = "/tmp/unflushed-test-XXXXXX";
	int file = mkstemp(path), kept = dup(2);

	quiet = rtt_came = false;
	format = output = NULL;
	free(topics.items);
	topics = (struct option_list){0};
	*argc = 0;
	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		argv[(*argc)++] = word;
	argv[*argc] = NULL;
	fflush(stderr);
	dup2(file, 2);
	int status = arguments_take(&table, *argc, argv, first);
	fflush(stderr);
	dup2(kept, 2);
	close(kept);
	ssize_t length = pread(file, buffer, sizeof buffer - 1, 0);
	buffer[length > 0 ? length : 0] = 0;
	said = buffer;
	close(file);
	unlink(path);
	return status;
}

static void options_and_operands_may_be_mixed(void **state)
{
	char line[] = "test a -q b --format json c --rtt=12 --topic x -ty -- -d";
	char *argv[32];
	int argc, first;

	(void)state;
	assert_int_equal(parse(line, argv, &argc, &first), OPTIONS_PROCEED);
	assert_true(quiet);
	assert_string_equal(format, "json");
	assert_int_equal(milliseconds, 12);
	assert_int_equal(topics.count, 2);
	assert_string_equal(topics.items[1], "y");
	assert_int_equal(argc - first, 4);
	assert_string_equal(argv[first], "a");
	assert_string_equal(argv[first + 2], "c");
	assert_string_equal(argv[first + 3], "-d");
}

/* Whatever its value: what is the default may be given, too. */
static void an_option_that_came_is_known_to_have_come(void **state)
{
	char with[] = "test --rtt 0 x", without[] = "test x";
	char *argv[32];
	int argc, first;

	(void)state;
	assert_int_equal(parse(with, argv, &argc, &first), OPTIONS_PROCEED);
	assert_true(rtt_came);
	assert_int_equal(parse(without, argv, &argc, &first), OPTIONS_PROCEED);
	assert_false(rtt_came);
}

static void what_follows_the_program_is_its_own(void **state)
{
	char line[] = "test -q ls -o --bogus";
	char *argv[32];
	int argc, first;

	(void)state;
	table.stop_at_operand = true;
	assert_int_equal(parse(line, argv, &argc, &first), OPTIONS_PROCEED);
	table.stop_at_operand = false;
	assert_string_equal(argv[first], "ls");
	assert_string_equal(argv[first + 2], "--bogus");
	assert_null(output);
}

static void usage_errors_are_told_and_are_2(void **state)
{
	static const struct {
		const char *line, *words;
	} errors[] = {
		{"test --bogus x", "unflushed test: unknown option '--bogus'\n"},
		{"test --fromat json x", "unknown option '--fromat': did you mean --format?"},
		{"test --formt=json x",
		 "unknown option '--formt=json': did you mean --format?"},
		{"test --since 1h x",
		 "unflushed test: --since is of report: keep the traces\n"},
		{"test --since=1h x",
		 "unflushed test: --since is of report: keep the traces\n"},
		{"test -s x", "unflushed test: --since is of report: keep the traces\n"},
		{"test --sinc x", "unknown option '--sinc'"},
		{"test -z x", "unknown option '-z'"},
		{"test --form json x", "unknown option '--form'"},
		{"test --format xml x", "--format must be one of text|json, not 'xml'"},
		{"test --format te x", "--format must be one of text|json, not 'te'"},
		{"test --rtt 1001 x", "--rtt must be between 0 and 1000, not 1001"},
		{"test --rtt 5ms x", "--rtt wants a number, not '5ms'"},
		{"test --quiet=yes x", "--quiet takes no value"},
		{"test x --output", "--output wants a value: FILE"},
		{"test --output= x", "--output wants FILE, and got nothing"},
		{"test -f json --format=text x", "--format is given twice"},
		{"test -q", "FILE... is missing"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		char line[64], *argv[32];
		int argc, first;

		snprintf(line, sizeof line, "%s", errors[i].line);
		assert_int_equal(parse(line, argv, &argc, &first), 2);
		if (!strstr(said, errors[i].words))
			fail_msg("'%s' is not in '%s'", errors[i].words, said);
		assert_non_null(strstr(said, "`unflushed test --help`"));
	}
}

static void the_help_has_every_row(void **state)
{
	char *text;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	(void)state;
	options_help(&table, out);
	fclose(out);
	for (const struct option_row *row = rows; row->name; row++) {
		char option[32];

		snprintf(option, sizeof option, "--%s", row->name);
		assert_non_null(strstr(text, option));
		assert_non_null(strstr(text, row->help));
	}
	assert_non_null(strstr(text, "Usage: unflushed test [options] FILE..."));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_and_operands_may_be_mixed),
		cmocka_unit_test(an_option_that_came_is_known_to_have_come),
		cmocka_unit_test(what_follows_the_program_is_its_own),
		cmocka_unit_test(usage_errors_are_told_and_are_2),
		cmocka_unit_test(the_help_has_every_row),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(topics.items);
	return failed;
}
