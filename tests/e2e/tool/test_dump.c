/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dump.c - `unflushed dump` of a real trace: complete lines in order, or
 * an error message.
 */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static char *trace; /* of a producer that flushes */

static int record(void **state)
{
	struct broker *broker = broker_start();
	char *directory = scratch_name(".traces"), *command;

	(void)state;
	assert_true(asprintf(&command, "run --quiet --dir %s -- %s/flushes %s 200", directory,
			     PATH_HOSTS, broker_address(broker)) > 0);
	struct ended run = tool_run("%s", command);
	assert_int_equal(exit_code(&run), 0);
	ended_free(&run);
	free(command);
	assert_true(asprintf(&command, "find %s -name *.trace", directory) > 0);
	struct ended found = program_run(command, NULL);
	found.out[strcspn(found.out, "\n")] = 0;
	trace = strdup(found.out);
	ended_free(&found);
	free(command);
	free(directory);
	broker_stop(broker);
	return *trace ? 0 : -1;
}

static int forget(void **state)
{
	(void)state;
	free(trace);
	return 0;
}

/* Runs this in a shell; $tool and $trace are there. */
static struct ended shell(const char *words)
{
	char *path = scratch_name(".sh"), *command;
	FILE *script = fopen(path, "w");

	assert_non_null(script);
	fprintf(script, "tool=%s trace=%s\n%s\n", PATH_TOOL, trace, words);
	fclose(script);
	assert_true(asprintf(&command, "bash %s", path) > 0);
	struct ended ended = program_run(command, NULL);
	free(command);
	free(path);
	return ended;
}

static void assert_says(const char *words, const char *what, const char *error)
{
	struct ended ended = shell(words);
	char *sentence;

	assert_true(asprintf(&sentence, "unflushed: cannot write %s: %s\n", what, error) > 0);
	assert_int_equal(exit_code(&ended), 1);
	assert_string_equal(ended.err, sentence);
	free(sentence);
	ended_free(&ended);
}

static void a_dump_that_cannot_be_written_is_an_error_in_words(void **state)
{
	(void)state;
	assert_says("exec $tool dump $trace >/dev/full", "the dump", "No space left on device");
	assert_says("exec $tool dump --format json $trace >/dev/full", "the dump",
		    "No space left on device");
	assert_says("exec $tool dump $trace >&-", "the dump", "Bad file descriptor");
	assert_says("exec $tool dump --output /dev/full $trace", "'/dev/full'",
		    "No space left on device");
	/* A pipe without a reader, where SIGPIPE is ignored as some supervisors leave it. */
	assert_says("trap '' PIPE; exec 3> >(:); wait $!; exec $tool dump $trace >&3",
		    "the dump", "Broken pipe");
}

static void nobody_hears_of_a_reader_that_had_enough(void **state)
{
	struct ended ended = shell("$tool dump $trace | head -1; exit ${PIPESTATUS[1]}");

	(void)state;
	assert_int_equal(exit_code(&ended), 0);
	assert_string_equal(ended.err, "");
	assert_non_null(strstr(ended.out, "process row=0 pid="));
	ended_free(&ended);
}

static void a_file_gets_what_stdout_would(void **state)
{
	struct ended ended = shell("$tool dump -o $trace.txt $trace && $tool dump -o - $trace |"
				   "cmp - $trace.txt && rm $trace.txt");

	(void)state;
	assert_int_equal(exit_code(&ended), 0);
	assert_string_equal(ended.out, "");
	ended_free(&ended);
	ended = shell("exec $tool dump --output /no/such/place $trace");
	assert_int_equal(exit_code(&ended), 1);
	assert_string_equal(ended.err, "unflushed: cannot write '/no/such/place': "
				       "No such file or directory\n");
	ended_free(&ended);
}

/* At what the line's event happened; INT64_MIN when it is none. */
static int64_t at_of(char *line)
{
	json_error_t error;
	json_t *object =
		json_loads(line, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
	json_t *at;

	if (!object)
		fail_msg("%s: %s", error.text, line);
	at = json_object_get(object, "at_ns");
	int64_t at_ns =
		json_object_get(object, "event") ? (int64_t)json_real_value(at) : INT64_MIN;
	json_decref(object);
	return at_ns;
}

static void events_come_in_the_order_of_time(void **state)
{
	struct ended text = shell("exec $tool dump $trace");
	struct ended json = shell("exec $tool dump --format json $trace");
	size_t lines = 0, events = 0;
	int64_t last_ns = INT64_MIN;
	char *rest, *line;

	(void)state;
	assert_int_equal(exit_code(&text), 0);
	assert_int_equal(exit_code(&json), 0);
	for (line = strtok_r(json.out, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		int64_t at_ns = at_of(line);

		assert_true(at_ns >= last_ns);
		last_ns = at_ns;
		events += at_ns != INT64_MIN;
		lines++;
	}
	assert_true(events > 10);
	for (line = strtok_r(text.out, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		lines--;
	assert_int_equal(lines, 0);
	ended_free(&text);
	ended_free(&json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dump_that_cannot_be_written_is_an_error_in_words),
		cmocka_unit_test(nobody_hears_of_a_reader_that_had_enough),
		cmocka_unit_test(a_file_gets_what_stdout_would),
		cmocka_unit_test(events_come_in_the_order_of_time),
	};

	return cmocka_run_group_tests(tests, record, forget);
}
