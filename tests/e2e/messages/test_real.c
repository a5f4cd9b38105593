/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_real.c - unmodified producers of other projects, from Debian's packages.
 */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KCAT "/usr/bin/kcat"

static void kcat_delivers_what_it_read_and_is_clean(void **state)
{
	char *input = scratch_name(".txt");
	struct story story = story_of(KCAT);
	FILE *file;

	(void)state;
	story_needs("kcat");
	file = fopen(input, "we");
	for (int i = 0; i < 500; i++)
		fprintf(file, "line %d\n", i);
	fclose(file);
	story_tell(&story, "-P -b @ -t " TOPIC " -l %s", input);
	story_expect(&story, "clean", NULL);
	assert_int_equal(story_count(&story, "produced"), 500);
	assert_int_equal(story_count(&story, "delivered"), 500);
	assert_int_equal(story.arrived, 500);
	story_end(&story);
	free(input);
}

static void confluent_kafka_without_flush_is_lost(void **state)
{
	struct story story = story_of("confluent_forgets.py");

	(void)state;
	story_needs("confluent_kafka");
	story.rtt_ms = 1000; /* so that none gets out, however slow the machine */
	story_tell(&story, "@ 1000");
	story_expect_truth(&story);
	assert_int_equal(story_count(&story, "produced"), 1000);
	story_expect(&story, "lost", NULL);
	assert_true(story_has(&story, "missing-flush") ||
		    story_has(&story, "destroy-without-flush"));
	assert_string_equal(json_text(story.summary, "processes.0.layers.librdkafka.0.linkage"),
			    "private");
	story_end(&story);
}

static void confluent_kafka_with_flush_is_clean(void **state)
{
	struct story story = story_of("confluent_flushes.py");

	(void)state;
	story_needs("confluent_kafka");
	story_tell(&story, "@ 1000");
	story_expect(&story, "clean", NULL);
	assert_int_equal(story_count(&story, "delivered"), 1000);
	assert_int_equal(story.arrived, 1000);
	story_end(&story);
}

static void confluent_kafka_killed_half_way_leaves_counts_that_hold(void **state)
{
	char *out = scratch_name(".out");
	struct broker *broker = broker_start();
	json_error_t error;
	struct ended ended;
	struct story story = {.host = "confluent_busy.py"};
	char *command;
	pid_t pid;
	int status;

	(void)state;
	story_needs("confluent_kafka");
	assert_true(
		asprintf(&command,
			 "env LD_PRELOAD=%s UNFLUSHED_DIR=%s /usr/bin/python3 %s/python/%s @",
			 PATH_SHIM, scratch_directory(), PATH_HOST_SOURCES, story.host) > 0);
	pid = program_start(command, broker_address(broker), out);
	for (int i = 0; i < 60000; i++) {
		char *said = file_read(out);
		bool busy = said && strstr(said, "busy");

		free(said);
		if (busy)
			break;
		usleep(1000);
	}
	usleep(400000);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	story.arrived = broker_messages(broker);
	ended = tool_run("report --format json %s", scratch_directory());
	story.summary = json_loads(ended.out, 0, &error);
	assert_non_null(story.summary);
	law_assert(story.summary);
	/* On a busy machine no answer may have come yet. */
	assert_true(story_count(&story, "produced") > 0);
	assert_true(story_count(&story, "delivered") <= story.arrived);
	assert_true(story.arrived <= story_count(&story, "produced"));
	assert_string_equal(json_text(story.summary, "processes.0.end.how"), "vanished");
	json_decref(story.summary);
	ended_free(&ended);
	broker_stop(broker);
	free(command);
	free(out);
}

static void a_cpp_producer_without_flush_is_lost(void **state)
{
	struct story story = story_of("cpp_producer");

	(void)state;
	story.rtt_ms = 1000; /* so that none gets out, however slow the machine */
	story_tell(&story, "@ forget 100");
	story_expect(&story, "lost", "destroy-without-flush");
	assert_int_equal(story_count(&story, "produced"), 100);
	story_expect_truth(&story);
	story_end(&story);
}

static void a_cpp_producer_with_flush_is_clean(void **state)
{
	struct story story = story_of("cpp_producer");

	(void)state;
	story_tell(&story, "@ flush 100");
	story_expect(&story, "clean", NULL);
	assert_int_equal(story_count(&story, "delivered"), 100);
	assert_int_equal(story.arrived, 100);
	story_end(&story);
}

static void an_exception_that_nobody_catches_is_an_abort(void **state)
{
	struct story story = story_of("cpp_producer");

	(void)state;
	story.rtt_ms = 1000; /* so that none gets out, however slow the machine */
	story_tell(&story, "@ throw 100");
	story_expect(&story, "lost", "killed-in-flight");
	assert_string_equal(json_text(story.summary, "processes.0.end.how"), "abort");
	story_end(&story);
}

static void kafka_python_is_counted_and_agrees_with_the_wire(void **state)
{
	static const char *const hosts[] = {"kafka_python_flushes.py",
					    "kafka_python_forgets.py"};

	(void)state;
	story_needs("kafka");
	for (size_t i = 0; i < 2; i++) {
		struct story story = story_of(hosts[i]);
		json_t *socket, *rows;
		int64_t records = 0;
		size_t j;

		/* The one that forgets has its producer in a function: when that
		 * returns, the collector closes it, and waits without limit. */
		story_tell(&story, "@ 1000");
		story_expect(&story, "clean", NULL);
		rows = json_path(story.summary, "processes.0.sockets");
		json_array_foreach(rows, j, socket) records +=
			json_number(socket, "requests.records");
		assert_int_equal(records, story.arrived);
		assert_int_equal(story_count(&story, "delivered"), 1000);
		assert_int_equal(records, 1000);
		story_end(&story);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kcat_delivers_what_it_read_and_is_clean),
		cmocka_unit_test(confluent_kafka_without_flush_is_lost),
		cmocka_unit_test(confluent_kafka_with_flush_is_clean),
		cmocka_unit_test(confluent_kafka_killed_half_way_leaves_counts_that_hold),
		cmocka_unit_test(a_cpp_producer_without_flush_is_lost),
		cmocka_unit_test(a_cpp_producer_with_flush_is_clean),
		cmocka_unit_test(an_exception_that_nobody_catches_is_an_abort),
		cmocka_unit_test(kafka_python_is_counted_and_agrees_with_the_wire),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
