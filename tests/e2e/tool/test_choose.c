/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_choose.c - `report` and `check` of chosen processes.
 *
 * There are three traces: of two processes that lost 3 and 4 messages, and of
 * one that waited for its 7.
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

static int64_t sum_over(json_t *parts, const char *what)
{
	int64_t sum = 0;
	size_t i;
	json_t *row;

	json_array_foreach(parts, i, row)
	{
		sum += json_number(row, what);
	}
	return sum;
}

/* 14 produced, 7 lost, whatever they are sorted by; each key has its own names. */
static void a_table_has_all_messages(void **state)
{
	static const struct {
		const char *key, *name;
		size_t count;
	} keys[] = {
		{"site", "forgets_flush.c:", 2}, {"topic", TOPIC, 1},
		{"exe", "forgets_flush", 2},	 {"minute", ":", 0},
		{"broker", "127.0.0.1:", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct ended ended = tool_run("report -f json --by %s %s", keys[i].key, folder);
		json_t *summary = json_loads(ended.out, 0, NULL);
		json_t *named = json_path(summary, "by.rows"),
		       *rest = json_path(summary, "by.rest");
		json_t *all = json_copy(named);

		if (!json_is_null(rest))
			json_array_append(all, rest);
		assert_string_equal(json_text(summary, "by.key"), keys[i].key);
		assert_int_equal(sum_over(all, "produced"), 14);
		assert_int_equal(sum_over(all, "lost"), 7);
		assert_int_equal(sum_over(all, "possible"), 0);
		assert_true(!keys[i].count || json_array_size(named) == keys[i].count);
		assert_non_null(strstr(json_text(summary, "by.rows.0.name"), keys[i].name));
		json_decref(all);
		json_decref(summary);
		ended_free(&ended);
		ended = tool_run("check --by %s %s", keys[i].key, folder);
		assert_int_equal(exit_code(&ended), 80);
		assert_non_null(strstr(ended.out, "\nby "));
		ended_free(&ended);
	}
}

/* As another program checks it. */
static void a_table_is_of_the_schema(void **state)
{
	static const char *const keys[] = {"site", "topic", "broker", "exe", "minute"};

	(void)state;
	story_needs("python3");
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		char command[600];

		snprintf(command, sizeof(command),
			 PATH_TOOL " report -f json --by %s %s | /usr/bin/python3 " PATH_SOURCE
				   "/tests/unit/formats/readers/summary.py | grep -q '^%s '",
			 keys[i], folder, keys[i]);
		if (system("/usr/bin/python3 -c 'import jsonschema' 2>/dev/null") != 0)
			skip_because("python3-jsonschema is not here");
		assert_int_equal(system(command), 0);
	}
}

static void rows_are_sorted_and_cut_as_asked(void **state)
{
	static const struct {
		const char *options, *first;
		bool cut;
	} sorts[] = {
		{"--by exe", "forgets_flush", false},
		{"--by exe --sort produced", "f", false},
		{"--by exe --sort last", "flushes", false},
		{"--by exe --sort first", "forgets_flush", false},
		{"--by exe --top 1", "forgets_flush", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sorts) / sizeof(*sorts); i++) {
		struct ended ended = tool_run("report %s %s", sorts[i].options, folder);
		const char *table = strstr(ended.out, "\nby exe\n"),
			   *name = table ? strstr(table, "\n   ") : NULL;

		while (name && name[4] == ' ')
			name = strstr(name + 1, "\n   ");
		if (!name || strncmp(name + 4, sorts[i].first, strlen(sorts[i].first)) != 0 ||
		    (strstr(table, "1 more row: see --top") != NULL) != sorts[i].cut)
			fail_msg("%s: %s", sorts[i].options, ended.out);
		ended_free(&ended);
	}
	struct ended ended = tool_run("report --by exe --top 0 %s", folder);

	assert_int_equal(exit_code(&ended), 2);
	ended_free(&ended);
	ended = tool_run("report --by pid %s", folder);
	assert_int_equal(exit_code(&ended), 2);
	ended_free(&ended);
}

/* The tables that report makes of the traces, as soon as the program has ended. */
static void a_run_has_the_tables_of_a_report(void **state)
{
	static const struct {
		const char *options, *table, *row;
	} tables[] = {
		{"--by exe", "\nby exe\n", "forgets_flush"},
		{"--by site --sort produced --top 1", "\nby site\n", "forgets_flush.c:"},
		{"--by topic --check", "\nby topic\n", TOPIC},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		struct ended ended = tool_run("run --broker --broker-rtt 200 %s -- " PATH_HOSTS
					      "/forgets_flush {broker} 3",
					      tables[i].options);
		const char *table = strstr(ended.err, tables[i].table);

		if (!table || !strstr(table, tables[i].row))
			fail_msg("%s: %s", tables[i].options, ended.err);
		assert_null(strstr(ended.out, tables[i].row));
		ended_free(&ended);
	}
	struct ended ended = tool_run("run --broker --by exe -f json -- " PATH_HOSTS
				      "/forgets_flush {broker} 3");
	json_t *summary = json_loads(ended.err, 0, NULL);

	assert_string_equal(json_text(summary, "by.key"), "exe");
	assert_string_equal(json_text(summary, "by.rows.0.name"), "forgets_flush");
	json_decref(summary);
	ended_free(&ended);
}

/* All processes of a run count, and standard output is the program's. */
static void what_chooses_traces_is_refused_by_a_run(void **state)
{
	static const char *const refused[] = {"--list-bad",	"--null",     "-0",
					      "--exe x",	"--topic=x",  "--since 1h",
					      "--verdict lost", "--only abcd"};

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct ended ended = tool_run("run %s -- echo ran", refused[i]);

		if (exit_code(&ended) != 2 || *ended.out ||
		    !strstr(ended.err, " is of report and check: keep the traces (--dir DIR)"))
			fail_msg("%s: %s%s", refused[i], ended.out, ended.err);
		ended_free(&ended);
	}
	struct ended ended = tool_run("run --by pid -- echo ran");

	assert_int_equal(exit_code(&ended), 2);
	assert_string_equal(ended.out, "");
	ended_free(&ended);
}

/* A dump's lines that are events, and those of its topics. */
static void a_dump_is_of_the_time_and_the_topic_that_were_asked_for(void **state)
{
	static const struct {
		const char *options;
		bool events, topics;
		int code;
	} dumps[] = {
		{"", true, true, 0},
		{"--since 1h", true, true, 0},
		{"--until 1h", false, true, 0},
		{"--since 2001-01-01", true, true, 0},
		{"--topic stor*", true, true, 0},
		{"--topic audits", true, false, 0},
		{"--until yesterday", false, false, 2},
	};
	struct ended listed = tool_run("report --list-bad %s", folder);

	(void)state;
	listed.out[strcspn(listed.out, "\n")] = '\0';
	for (size_t i = 0; i < sizeof(dumps) / sizeof(*dumps); i++) {
		struct ended ended = tool_run("dump %s %s", dumps[i].options, listed.out);

		if (exit_code(&ended) != dumps[i].code ||
		    (strstr(ended.out, "\nprocess_start ") != NULL) != dumps[i].events ||
		    (strstr(ended.out, "\ntopic ") != NULL) != dumps[i].topics)
			fail_msg("%s: %s%s", dumps[i].options, ended.out, ended.err);
		ended_free(&ended);
	}
	ended_free(&listed);
}

/* Each side has the chosen processes; in a summary none can be chosen. */
static void a_comparison_is_of_those_that_were_asked_for(void **state)
{
	char *summary = scratch_name(".json");
	struct ended ended = tool_run("diff -f json --exe flushes %s %s", folder, folder);
	json_t *root = json_loads(ended.out, 0, NULL);

	(void)state;
	assert_int_equal(json_number(root, "before.produced"), 7);
	assert_int_equal(json_number(root, "after.certain"), 0);
	json_decref(root);
	ended_free(&ended);
	ended = tool_run("diff --only 12 %s %s", folder, folder);
	assert_int_equal(exit_code(&ended), 2);
	ended_free(&ended);
	ended = tool_run("report -f json:%s %s", summary, folder);
	ended_free(&ended);
	ended = tool_run("diff --verdict lost %s %s", summary, folder);
	assert_int_equal(exit_code(&ended), 3);
	assert_non_null(
		strstr(ended.err, "is a summary: processes are chosen of traces alone"));
	assert_string_equal(ended.out, "");
	ended_free(&ended);
	free(summary);
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
		cmocka_unit_test(a_dump_is_of_the_time_and_the_topic_that_were_asked_for),
		cmocka_unit_test(a_comparison_is_of_those_that_were_asked_for),
		cmocka_unit_test(a_table_has_all_messages),
		cmocka_unit_test(a_table_is_of_the_schema),
		cmocka_unit_test(rows_are_sorted_and_cut_as_asked),
		cmocka_unit_test(a_run_has_the_tables_of_a_report),
		cmocka_unit_test(what_chooses_traces_is_refused_by_a_run),
		cmocka_unit_test(those_that_are_not_clean_are_listed),
		cmocka_unit_test(names_of_any_bytes_are_listed_whole),
		cmocka_unit_test(a_listing_shares_stdout_with_nothing),
	};

	return cmocka_run_group_tests(tests, prepare, finish);
}
