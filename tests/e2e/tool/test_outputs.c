/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_outputs.c - several outputs of one report: each in its place, completely
 * or not at all.
 */
#include "harness.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *traces; /* a directory with one trace, of a producer that flushes: clean */
static char *folder; /* where the outputs of a test are to be */

static int record(void **state)
{
	struct broker *broker = broker_start();

	(void)state;
	traces = scratch_name(".traces");
	struct ended run = tool_run("run --quiet --dir %s -- %s/flushes %s 200", traces,
				    PATH_HOSTS, broker_address(broker));
	int status = exit_code(&run);

	ended_free(&run);
	broker_stop(broker);
	return status;
}

static int forget(void **state)
{
	(void)state;
	free(traces);
	return 0;
}

static int enter(void **state)
{
	(void)state;
	folder = scratch_name(".outputs");
	return mkdir(folder, 0700);
}

static int leave(void **state)
{
	(void)state;
	free(folder);
	return 0;
}

/* Runs this in a shell, in the folder; $tool, $traces and $hosts are there. */
static struct ended shell(const char *words)
{
	char *path = scratch_name(".sh"), *command;
	FILE *script = fopen(path, "w");

	assert_non_null(script);
	fprintf(script, "tool=%s traces=%s hosts=%s\ncd %s\n%s\n", PATH_TOOL, traces,
		PATH_HOSTS, folder, words);
	fclose(script);
	assert_true(asprintf(&command, "bash %s", path) > 0);
	struct ended ended = program_run(command, NULL);
	free(command);
	free(path);
	return ended;
}

static void assert_ends(const char *words, int code, const char *out, const char *err)
{
	struct ended ended = shell(words);

	if (exit_code(&ended) != code || strcmp(ended.out, out) || strcmp(ended.err, err))
		fail_msg("%s: exit %d\nstdout: '%s'\nstderr: '%s'", words, exit_code(&ended),
			 ended.out, ended.err);
	ended_free(&ended);
}

/* What is in the folder, a name a line, with what begins with a dot. */
static void assert_files(const char *names)
{
	assert_ends("ls -A", 0, names, "");
}

#define VERDICT                                                                                \
	"python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[\"verdict\"])' "
#define HEAD "CLEAN    200 messages to stories delivered, and the program waited for them\n"

static void every_format_gets_its_place_from_one_reading(void **state)
{
	(void)state;
	assert_ends("$tool report -f text -f json:u.json -fjsonl:u.jsonl $traces | head -1; "
		    "exit ${PIPESTATUS[0]}",
		    0, HEAD, "");
	assert_files("u.json\nu.jsonl\n");
	assert_ends(VERDICT "u.json; " VERDICT "u.jsonl", 0, "clean\nclean\n", "");
	assert_ends("$tool check --format json:- --format=text:u.txt $traces | " VERDICT
		    "/dev/stdin && head -1 u.txt",
		    0, "clean\n" HEAD, HEAD "  wrote  u.txt\n");
}

static void output_names_the_file_of_a_single_one(void **state)
{
	(void)state;
	assert_ends("$tool report -f json --output u.json $traces && " VERDICT "u.json", 0,
		    "clean\n", "");
	assert_ends("$tool report --output u.txt $traces && head -1 u.txt", 0, HEAD, "");
	assert_ends("$tool check -q -f json:q.json $traces && " VERDICT "q.json", 0, "clean\n",
		    "");
}

/* If the text is not shown, the answer goes to standard error. */
static void a_check_leaves_its_answer_where_it_is_not_seen(void **state)
{
	(void)state;
	assert_ends("$tool check -f json:u.json $traces", 0, "", HEAD "  wrote  u.json\n");
	assert_ends("$tool check -f json:u.json -f text $traces | head -1", 0, HEAD, "");
	assert_ends("$tool check -f json:/dev/stderr $traces 2>said; " VERDICT "said", 0,
		    "clean\n", "");
	assert_ends("$tool check -q -f json:u.json $traces", 0, "", "");
	assert_ends("$tool report -f json:u.json $traces", 0, "", "");
}

#define LISTS "`unflushed %s --help` lists its options.\n"

static void what_collides_is_a_misuse_that_names_it(void **state)
{
	static const char *const commands[] = {"report", "check"};
	char line[200], said[400];

	(void)state;
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		snprintf(line, sizeof line, "$tool %s -f json:x -f text:./x $traces",
			 commands[i]);
		snprintf(said, sizeof said,
			 "unflushed %s: --format json:x and --format text:./x would write the "
			 "same file\n" LISTS,
			 commands[i], commands[i]);
		assert_ends(line, 2, "", said);
	}
	assert_ends("$tool run -f json -f text -- $hosts/no_kafka", 2, "",
		    "unflushed run: --format json and --format text would both go to standard "
		    "error: name a file for one of them, as FORMAT:FILE\n"
		    "`unflushed run --help` lists its options.\n");
	assert_files("");
}

static void a_device_a_pipe_and_a_descriptor_are_written_into(void **state)
{
	(void)state;
	assert_ends("mkfifo pipe; cat pipe >got & $tool report -f json:pipe -f text:/dev/null "
		    "$traces; wait; " VERDICT "got; ls -A; test -p pipe",
		    0, "clean\ngot\npipe\n", "");
	assert_ends("echo before >log; $tool report -f text:/dev/fd/7 $traces 7>>log; "
		    "head -2 log",
		    0, "before\n" HEAD, "");
	assert_ends("echo before >log; $tool report -f text:/dev/stderr $traces 2>>log; "
		    "head -2 log",
		    0, "before\n" HEAD, "");
	assert_ends("$tool report -f json:/dev/fd/9 $traces", 1, "",
		    "unflushed: cannot write '/dev/fd/9': Bad file descriptor\n");
	/* Its stdout is closed: no file may take its number. */
	assert_ends("$tool report -f text -f json:x $traces >&-; " VERDICT "x", 0, "clean\n",
		    "unflushed: cannot write the report: Bad file descriptor\n");
}

static void what_cannot_be_written_leaves_what_was_there(void **state)
{
	(void)state;
	assert_ends("echo old >u.json; trap '' XFSZ; ulimit -f 1; "
		    "$tool report -f json:u.json -f jsonl:/dev/null $traces; echo $?; "
		    "cat u.json",
		    0, "1\nold\n", "unflushed: cannot write 'u.json': File too large\n");
	assert_ends("ulimit -c 0 -f 1; { $tool report -f json:u.json $traces; } 2>/dev/null; "
		    "echo $?; cat u.json",
		    0, "153\nold\n", "");
	assert_ends("$tool report -f json:u.json -f jsonl:no/such $traces; echo $?; cat u.json",
		    0, "1\nold\n",
		    "unflushed: cannot write 'no/such': No such file or directory\n");
	assert_files("u.json\n");
}

/* Of a pipe's reader that never comes; until then the temporary file is there. */
static void an_interrupt_leaves_neither_a_part_nor_the_temporary_file(void **state)
{
	static const char *const signals[] = {"INT", "TERM", "HUP"};
	char line[500];

	(void)state;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		snprintf(line, sizeof line,
			 "mkfifo pipe; echo old >u.json; set -m\n"
			 "$tool report -f json:u.json -f text:pipe $traces & tool=$!; set +m\n"
			 "until ls .unflushed-* >/dev/null 2>&1; do sleep 0.01; done\n"
			 "kill -%s $tool; { wait $tool; } 2>/dev/null; test $? = $((128 + "
			 "$(kill -l %s))) &&"
			 " cat u.json; rm pipe; ls -A",
			 signals[i], signals[i]);
		assert_ends(line, 0, "old\nu.json\n", "");
	}
}

/* Behind what the step's other programs have written; whole, or not at all. */
static void github_gets_its_page_as_well(void **state)
{
	(void)state;
	assert_ends("echo before >page; export GITHUB_STEP_SUMMARY=page; "
		    "$tool report -f github -f json:/dev/null $traces && cat page",
		    0,
		    "before\n\n### unflushed: clean\n\nall 200 messages \\(1\\.4 KiB\\) were "
		    "delivered\n\n",
		    "");
	assert_ends("GITHUB_STEP_SUMMARY=page $tool report -f json $traces >/dev/null; "
		    "wc -l <page",
		    0, "6\n", "");
	assert_ends("GITHUB_STEP_SUMMARY=/dev/full $tool report -f github $traces", 1, "",
		    "unflushed: cannot write '/dev/full': No space left on device\n");
	assert_ends("yes | head -c 1020 >page; trap '' XFSZ; ulimit -f 1; "
		    "GITHUB_STEP_SUMMARY=page $tool report -f github $traces; wc -c <page",
		    0, "1020\n", "unflushed: cannot write 'page': File too large\n");
}

static void a_reader_who_leaves_takes_no_file_along(void **state)
{
	(void)state;
	assert_ends("$tool report -f text -f json:u.json $traces | true; " VERDICT "u.json", 0,
		    "clean\n", "");
}

/* Three lines, and the names of what was written; the whole report in their place. */
static void a_run_leaves_its_answer_on_stderr(void **state)
{
	(void)state;
	assert_ends("$tool run -f json:u.json -f jsonl:'a  b' -- $hosts/no_kafka >/dev/null "
		    "2>said; tail -2 said; grep -c -e '^BLIND ' -e '^CLEAN ' said; "
		    "grep -c '^  command' said; ls -A",
		    0, "  wrote  u.json\n  wrote  a  b\n1\n0\na  b\nsaid\nu.json\n", "");
	assert_ends("$tool run -f json:u.json -f text -- $hosts/no_kafka >/dev/null 2>said; "
		    "grep -c '^  command' said; grep -c wrote said",
		    1, "1\n0\n", "");
	assert_ends("$tool run -q -f json:u.json -- $hosts/no_kafka >/dev/null", 0, "", "");
	/* Nothing of theirs is in the way of what was asked for there. */
	assert_ends("$tool run -f json -- $hosts/no_kafka 2>&1 >/dev/null | " VERDICT
		    "/dev/stdin | wc -l",
		    0, "1\n", "");
	assert_ends("$tool run -f json:- -- /bin/true 2>/dev/null | " VERDICT
		    "/dev/stdin | wc -l",
		    0, "1\n", "");
}

static void a_run_tells_beforehand_what_it_could_not_write(void **state)
{
	(void)state;
	assert_ends("$tool run -f json:no/such -- /bin/echo ran", 125, "",
		    "unflushed: cannot write 'no/such': No such file or directory\n");
	/* The folder is the program's alone while it runs. */
	assert_ends("$tool run -q -f json:u.json -- /bin/ls -A", 0, "", "");
}

static void bytes_are_for_files_and_pipes(void **state)
{
	(void)state;
	assert_ends("$tool run -f sqlite -- /bin/echo ran", 2, "",
		    "unflushed run: --format sqlite prints bytes, which are not for standard "
		    "error: name a file, as FORMAT:FILE\n"
		    "`unflushed run --help` lists its options.\n");
	assert_ends("$tool report -f sqlite $traces | head -c 15", 0, "SQLite format 3", "");
	assert_ends("$tool report -f sqlite:u.db -f perfetto:u $traces; ls -A", 0, "u\nu.db\n",
		    "");
}

/* Its own file, which has no name, is in the way of a database as well. */
static void a_database_without_room_leaves_what_was_there(void **state)
{
	(void)state;
	assert_ends("echo old >u.db; TMPDIR=no/such $tool report -f sqlite:u.db $traces; "
		    "cat u.db; ls -A",
		    0, "old\nu.db\n",
		    "unflushed: cannot write 'u.db': a temporary file in no/such: No such file "
		    "or directory\n");
	assert_ends("trap '' XFSZ; ulimit -f 8; TMPDIR=. $tool report -f sqlite:v.db $traces; "
		    "cat u.db; ls -A",
		    0, "old\nu.db\n",
		    "unflushed: cannot write 'v.db': a temporary file in .: File too large\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)
		TEST(every_format_gets_its_place_from_one_reading),
		TEST(output_names_the_file_of_a_single_one),
		TEST(a_check_leaves_its_answer_where_it_is_not_seen),
		TEST(what_collides_is_a_misuse_that_names_it),
		TEST(a_device_a_pipe_and_a_descriptor_are_written_into),
		TEST(what_cannot_be_written_leaves_what_was_there),
		TEST(bytes_are_for_files_and_pipes),
		TEST(a_database_without_room_leaves_what_was_there),
		TEST(an_interrupt_leaves_neither_a_part_nor_the_temporary_file),
		TEST(github_gets_its_page_as_well),
		TEST(a_reader_who_leaves_takes_no_file_along),
		TEST(a_run_leaves_its_answer_on_stderr),
		TEST(a_run_tells_beforehand_what_it_could_not_write),
#undef TEST
	};

	return cmocka_run_group_tests(tests, record, forget);
}
