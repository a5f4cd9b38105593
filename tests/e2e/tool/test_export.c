/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_export.c - `unflushed export`: the summaries that it reports as
 * published are in the topic.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMES 3

static char *traces;

static int setup(void **state)
{
	struct broker *broker = broker_start();

	(void)state;
	traces = scratch_name(".traces");
	for (int i = 0; i < TIMES; i++) {
		struct ended run =
			tool_run("run --quiet --dir %s -- " PATH_HOSTS "/flushes %s 10", traces,
				 broker_address(broker));

		ended_free(&run);
	}
	broker_stop(broker);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(traces);
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines of a text, in order; fails unless there are so many. Its bytes are changed. */
static void lines_of(char *text, char *lines[], size_t count)
{
	size_t found = 0;

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		if (found == count)
			fail_msg("more than %zu lines: %s", count, line);
		lines[found++] = line;
	}
	assert_int_equal(found, count);
	qsort(lines, count, sizeof(*lines), by_text);
}

static void the_topic_holds_what_jsonl_prints(void **state)
{
	struct broker *broker = broker_start();
	struct ended sent =
		tool_run("run --check -- " PATH_TOOL " export --to-kafka %s/" TOPIC " %s",
			 broker_address(broker), traces);
	char *printed[TIMES], *arrived[TIMES], *keys[TIMES];

	(void)state;
	assert_int_equal(exit_code(&sent), 0);
	assert_non_null(strstr(sent.err, "3 processes are published to " TOPIC "\n"));
	/* The shim agrees, and so does the broker. */
	assert_non_null(strstr(sent.err, "CLEAN    3 messages to " TOPIC " delivered"));
	assert_int_equal(broker_messages(broker), TIMES);
	struct ended lines = tool_run("report -f jsonl %s", traces);
	struct ended read =
		program_run("/usr/bin/kcat -C -b @ -t " TOPIC " -e -q", broker_address(broker));
	struct ended key = program_run("/usr/bin/kcat -C -b @ -t " TOPIC " -e -q -f %k\\n",
				       broker_address(broker));

	lines_of(lines.out, printed, TIMES);
	lines_of(read.out, arrived, TIMES);
	lines_of(key.out, keys, TIMES);
	for (size_t i = 0; i < TIMES; i++) {
		assert_string_equal(printed[i], arrived[i]);
		assert_true(i == 0 || strcmp(keys[i], keys[i - 1]) != 0);
	}
	ended_free(&key);
	ended_free(&read);
	ended_free(&lines);
	ended_free(&sent);
	broker_stop(broker);
}

/* A key is the process's own: a topic that is compacted keeps one of two. */
static void a_process_has_the_same_key_again(void **state)
{
	struct broker *broker = broker_start();
	char *keys[2 * TIMES];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct ended sent = tool_run("export --to-kafka %s/" TOPIC " %s",
					     broker_address(broker), traces);

		assert_int_equal(exit_code(&sent), 0);
		ended_free(&sent);
	}
	struct ended key = program_run("/usr/bin/kcat -C -b @ -t " TOPIC " -e -q -f %k\\n",
				       broker_address(broker));

	lines_of(key.out, keys, 2 * TIMES);
	for (size_t i = 0; i < 2 * TIMES; i += 2)
		assert_string_equal(keys[i], keys[i + 1]);
	ended_free(&key);
	broker_stop(broker);
}

static void assert_says(const char *options, int code, const char *words)
{
	struct ended ended = tool_run("export %s %s", options, traces);

	if (exit_code(&ended) != code || !strstr(ended.err, words))
		fail_msg("%s: %d, %s", options, exit_code(&ended), ended.err);
	assert_null(strstr(ended.err, "hunter2"));
	ended_free(&ended);
}

static void a_broker_that_is_not_there_is_1_and_said_with_its_error(void **state)
{
	(void)state;
	assert_says("--wait 1 --to-kafka 127.0.0.1:1/t", 1, "only 0 of 3 processes are");
	assert_says("--wait 1 --to-kafka 127.0.0.1:1/t", 1, "Connection refused");
}

static void what_is_too_large_is_said_with_its_process(void **state)
{
	struct broker *broker = broker_start();
	char options[200];

	(void)state;
	snprintf(options, sizeof(options),
		 "--to-kafka %s/t -X compression.type=none -X message.max.bytes=1000",
		 broker_address(broker));
	assert_says(options, 1, "the summary of process ");
	broker_stop(broker);
}

static char *file_of(const char *text)
{
	char *path = scratch_name(".conf");
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return path;
}

/* No value is repeated: it may be a password. */
static void what_is_wrong_is_2_and_says_where(void **state)
{
	char *bad = file_of("# ours\n\nclient.id = x\nsasl.pasword = hunter2\n");
	char options[300];

	(void)state;
	assert_says("", 2, "where to?");
	assert_says("--to-kafka 127.0.0.1:1", 2, "is not BROKERS/TOPIC");
	assert_says("--to-kafka /t", 2, "is not BROKERS/TOPIC");
	assert_says("--to-kafka 127.0.0.1:1/t -X acks", 2, "a setting is NAME=VALUE");
	assert_says("--to-kafka 127.0.0.1:1/t -X sasl.pass=hunter2", 2,
		    "librdkafka has no setting 'sasl.pass'");
	assert_says("--to-kafka 127.0.0.1:1/t -X linger.ms=hunter2", 2,
		    "does not take this value of 'linger.ms'");
	assert_says("--to-kafka 127.0.0.1:1/t -X retries=0", 2, "cannot publish: ");
	snprintf(options, sizeof(options), "--to-kafka 127.0.0.1:1/t -F %s", bad);
	assert_says(options, 2, ".conf: line 4: librdkafka has no setting 'sasl.pasword'");
	assert_says("--to-kafka 127.0.0.1:1/t -F /", 2, "/: is a directory");
	free(bad);
}

static void the_others_are_published_where_one_trace_cannot_be_read(void **state)
{
	struct broker *broker = broker_start();
	char *broken = file_of("no trace");
	struct ended ended = tool_run("export --to-kafka %s/" TOPIC " %s %s",
				      broker_address(broker), traces, broken);

	(void)state;
	assert_int_equal(exit_code(&ended), 3);
	assert_non_null(strstr(ended.err, broken));
	assert_int_equal(broker_messages(broker), TIMES);
	ended_free(&ended);
	free(broken);
	broker_stop(broker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_topic_holds_what_jsonl_prints),
		cmocka_unit_test(a_process_has_the_same_key_again),
		cmocka_unit_test(a_broker_that_is_not_there_is_1_and_said_with_its_error),
		cmocka_unit_test(what_is_too_large_is_said_with_its_process),
		cmocka_unit_test(what_is_wrong_is_2_and_says_where),
		cmocka_unit_test(the_others_are_published_where_one_trace_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
