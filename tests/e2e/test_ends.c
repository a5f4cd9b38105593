/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ends.c - how a connection ends decides what arrives, and the verdict knows.
 *
 * A Produce request of 100 KB to a peer that reads after 300 ms and counts.
 * Nobody answers it, so it is never clean: at risk where the kernel goes on
 * sending, lost where it throws its queue away. `lost` must be right every
 * time: the peer has got less than was sent.
 */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FRAME_BYTES 100047

struct sink {
	pid_t pid;
	char *report;
	char address[32];
};

static struct sink sink_start(const char *options)
{
	struct sink sink = {.report = scratch_name(".truth")};
	char *out = scratch_name(".port"), *command;

	assert_true(asprintf(&command, "%s/sink --rcvbuf 16384 --stall 300 --report %s %s",
			     PATH_FAKES, sink.report, options) > 0);
	sink.pid = program_start(command, NULL, out);
	for (int i = 0; i < 5000 && !sink.address[0]; i++) {
		char *said = file_read(out);

		if (said && strchr(said, '\n'))
			snprintf(sink.address, sizeof(sink.address), "127.0.0.1:%d", atoi(said));
		free(said);
		usleep(1000);
	}
	assert_true(sink.address[0]);
	free(command);
	free(out);
	return sink;
}

/* What arrived; the sink ends by itself after one connection. */
static int64_t sink_received(struct sink *sink)
{
	json_t *truth;
	int64_t received;
	int status;

	assert_int_equal(waitpid(sink->pid, &status, 0), sink->pid);
	truth = json_load_file(sink->report, 0, NULL);
	assert_non_null(truth);
	received = json_number(truth, "received");
	json_decref(truth);
	free(sink->report);
	return received;
}

/* Runs the host under the shim; `arrived` is what the peer got. */
static struct story end_with(const char *how, const char *sink_options)
{
	struct story story = story_of("ends_connection");
	struct sink sink = sink_start(sink_options);
	char *path = scratch_name(".json"), *command;

	assert_true(asprintf(&command, "%s run --quiet --format json --output %s -- %s/%s %s @",
			     PATH_TOOL, path, PATH_HOSTS, story.host, how) > 0);
	story.watched = program_run(command, sink.address);
	assert_string_equal(story.watched.out, "sent all\n");
	story.summary = json_load_file(path, 0, NULL);
	assert_non_null(story.summary);
	story.arrived = sink_received(&sink);
	unlink(path);
	free(path);
	free(command);
	return story;
}

static void story_close(struct story *story)
{
	free(story->watched.out);
	free(story->watched.err);
	json_decref(story->summary);
}

static json_t *end_of(const struct story *story)
{
	return json_path(story->summary, "processes.0.sockets.0.end");
}

static void what_is_sent_on_arrives_and_is_at_risk(void **state)
{
	static const char *const ways[] = {"close", "exit", "drain"};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct story story = end_with(ways[i], "");

		assert_int_equal(story.arrived, FRAME_BYTES);
		story_expect(&story, "at_risk", NULL);
		assert_false(story_has(&story, "reset-on-close"));
		assert_false(story_has(&story, "linger-zero"));
		if (strcmp(ways[i], "drain") == 0)
			assert_int_equal(json_number(end_of(&story), "unsent_bytes"), 0);
		else
			assert_true(json_number(end_of(&story), "unsent_bytes") > 0);
		assert_int_equal(json_number(end_of(&story), "unread_bytes"), 0);
		story_close(&story);
	}
}

static void a_linger_of_zero_loses_it(void **state)
{
	struct story story = end_with("linger", "");

	(void)state;
	assert_true(story.arrived < FRAME_BYTES);
	assert_true(json_number(end_of(&story), "unsent_bytes") > 0);
	story_expect(&story, "lost", "linger-zero");
	story_close(&story);
}

static void unread_input_loses_it(void **state)
{
	struct story story = end_with("unread", "--reply 40");

	(void)state;
	assert_true(story.arrived < FRAME_BYTES);
	assert_int_equal(json_number(end_of(&story), "unread_bytes"), 40);
	story_expect(&story, "lost", "reset-on-close");
	story_close(&story);
}

/* At the close nobody can know: that is what "at risk" is for. */
static void a_late_byte_loses_it_out_of_sight(void **state)
{
	struct story story = end_with("close", "--late-byte 100");

	(void)state;
	assert_true(story.arrived < FRAME_BYTES);
	assert_true(json_number(end_of(&story), "unsent_bytes") > 0);
	story_expect(&story, "at_risk", NULL);
	story_close(&story);
}

/* One that drains has read it before the end. */
static void a_late_byte_that_is_read_loses_nothing(void **state)
{
	struct story story = end_with("drain", "--late-byte 100");

	(void)state;
	assert_int_equal(story.arrived, FRAME_BYTES);
	assert_int_equal(json_number(end_of(&story), "unsent_bytes"), 0);
	assert_false(story_has(&story, "reset-on-close"));
	story_close(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sent_on_arrives_and_is_at_risk),
		cmocka_unit_test(a_linger_of_zero_loses_it),
		cmocka_unit_test(unread_input_loses_it),
		cmocka_unit_test(a_late_byte_loses_it_out_of_sight),
		cmocka_unit_test(a_late_byte_that_is_read_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
