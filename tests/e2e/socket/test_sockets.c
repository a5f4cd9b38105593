/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sockets.c - hosts that only send and receive bytes: what the report says
 * of their connections.
 */
#include "bytes.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void a_blocking_sender_stalls_on_a_late_reader(void **state)
{
	struct story story = bytes_tell("sends_bytes", "blocking");
	json_t *socket = bytes_sender(&story);

	(void)state;
	assert_int_equal(json_number(socket, "bytes.accepted"), 2000000);
	assert_true(json_number(socket, "stalls.count") >= 1);
	/* The peer reads 300 ms after the buffer was full. */
	assert_true(json_number(socket, "stalls.longest_ns") > 290000000);
	assert_int_equal(json_number(socket, "send_buffer.requested"), 65536);
	assert_int_equal(json_number(socket, "send_buffer.effective"), 131072);
	/* It reads late: its fault, not the buffer's. */
	assert_true(json_number(socket, "stalls.receiver_ns") > 290000000);
	assert_true(json_number(socket, "stalls.receiver_ns") >
		    json_number(socket, "stalls.send_buffer_ns"));
	story_expect(&story, "blind", "receiver-stall");
	story_end(&story);
}

static void a_nonblocking_sender_stalls_with_short_writes(void **state)
{
	struct story story = bytes_tell("sends_bytes", "nonblocking");
	json_t *socket = bytes_sender(&story);

	(void)state;
	assert_int_equal(json_number(socket, "bytes.accepted"), 2000000);
	assert_int_equal(json_number(socket, "bytes.offered"), 2000000);
	assert_true(json_number(socket, "short_writes") + json_number(socket, "eagain") >= 1);
	assert_true(json_number(socket, "stalls.longest_ns") > 290000000);
	/* It reads late: its fault, not the buffer's. */
	assert_true(json_number(socket, "stalls.receiver_ns") > 290000000);
	assert_true(json_number(socket, "stalls.receiver_ns") >
		    json_number(socket, "stalls.send_buffer_ns"));
	story_expect(&story, "blind", "receiver-stall");
	story_end(&story);
}

static void a_small_sender_does_not_stall(void **state)
{
	struct story story = bytes_tell("sends_bytes", "small");
	json_t *socket = bytes_sender(&story);

	(void)state;
	assert_int_equal(json_number(socket, "bytes.accepted"), 4096);
	assert_int_equal(json_number(socket, "writes"), 1);
	assert_false(story_has(&story, "receiver-stall"));
	story_end(&story);
}

static void closing_with_unread_bytes_resets(void **state)
{
	struct story story = bytes_tell("resets_on_close", "");
	json_t *socket = bytes_sender(&story);

	(void)state;
	assert_int_equal(json_number(socket, "end.unread_bytes"), 40);
	assert_true(json_number(socket, "end.unsent_bytes") > 0);
	story_expect(&story, "blind", "reset-on-close");
	story_end(&story);
}

static void closing_with_everything_read_does_not(void **state)
{
	struct story story = bytes_tell("resets_on_close", "read");

	(void)state;
	assert_int_equal(json_number(bytes_sender(&story), "end.unread_bytes"), 0);
	assert_false(story_has(&story, "reset-on-close"));
	story_end(&story);
}

static void linger_zero_throws_the_queue_away(void **state)
{
	struct story story = bytes_tell("linger_zero", "");

	(void)state;
	assert_true(json_number(bytes_sender(&story), "end.unsent_bytes") > 0);
	story_expect(&story, "blind", "linger-zero");
	story_end(&story);
}

static void lingering_for_ten_seconds_does_not(void **state)
{
	struct story story = bytes_tell("linger_zero", "linger");

	(void)state;
	assert_false(story_has(&story, "linger-zero"));
	story_end(&story);
}

static void an_http_post_is_followed_without_a_kafka_verdict(void **state)
{
	struct story story = bytes_tell("http_post", "");
	json_t *socket = bytes_sender(&story);

	(void)state;
	story_expect(&story, "blind", NULL);
	assert_true(json_is_false(json_object_get(socket, "kafka")));
	assert_true(json_number(socket, "bytes.accepted") > 1000000);
	assert_true(json_number(socket, "fill.samples") > 0);
	story_end(&story);
}

static void one_connection_under_many_numbers_is_one(void **state)
{
	struct story story = bytes_tell("dup_close", "");
	json_t *socket;
	int64_t accepted = 0;
	size_t i;

	(void)state;
	/* "dup", "third", "over", "stream" by fclose (glibc's own write: unseen or
	 * seen), "first", "second". The file's ten bytes are no connection's. */
	json_array_foreach(json_path(story.summary, "processes.0.sockets"), i, socket)
		accepted += json_number(socket, "bytes.accepted");
	assert_between(accepted, 3 + 5 + 4 + 5 + 6, 3 + 5 + 4 + 6 + 5 + 6);
	story_end(&story);
}

/* What is left of it at the end is asked under the number that it has then. */
static void a_connection_that_moved_is_asked_at_its_end(void **state)
{
	static const char *const ways[] = {"moves", "stays"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct story story = bytes_tell("moves_number", ways[i]);
		json_t *socket = bytes_sender(&story);

		assert_true(json_number(socket, "end.unsent_bytes") > 0);
		assert_int_equal(json_number(socket, "end.unread_bytes"), 40);
		story_expect(&story, "blind", "reset-on-close");
		story_end(&story);
	}
}

/* It has an address nevertheless, and the kernel's SYN is no byte of the program's. */
static void a_connection_that_is_refused_lost_nothing(void **state)
{
	struct story story = bytes_tell("is_refused", "");
	json_t *socket = json_path(story.summary, "processes.0.sockets.0");

	(void)state;
	assert_non_null(strstr(json_text(socket, "peer"), "127.0.0.1:"));
	assert_int_equal(json_number(socket, "end.unsent_bytes"), 0);
	story_end(&story);
}

static void a_signal_handler_that_sends_harms_nothing(void **state)
{
	struct story story = bytes_tell("signals_send", "");
	json_t *socket = bytes_sender(&story);

	(void)state;
	assert_true(json_number(socket, "bytes.accepted") > 0);
	assert_non_null(strstr(story.watched.out, "all arrived: yes"));
	story_end(&story);
}

/* Four threads on one connection, and a signal handler: no write is lost or counted twice. */
static void every_threads_writes_are_counted(void **state)
{
	struct story story = bytes_tell("threads_send", "");
	json_t *socket = bytes_sender(&story);

	(void)state;
	assert_string_equal(story.watched.out, "arrived 5123200\n");
	assert_int_equal(json_number(socket, "bytes.accepted"), (4 * 20000 + 50) * 64);
	assert_int_equal(json_number(socket, "bytes.offered"), (4 * 20000 + 50) * 64);
	assert_int_equal(json_number(socket, "writes"), 4 * 20000 + 50);
	story_end(&story);
}

/* One trace in that directory; what its sockets received in all. */
static int64_t received_bytes(const char *directory)
{
	char pattern[600];
	glob_t traces;
	struct ended dump;
	int64_t received = 0, value;
	int sockets = 0;

	snprintf(pattern, sizeof(pattern), "%s/*.trace", directory);
	assert_int_equal(glob(pattern, 0, NULL, &traces), 0);
	assert_int_equal(traces.gl_pathc, 1);
	dump = tool_run("dump --format json %s", traces.gl_pathv[0]);
	assert_int_equal(exit_code(&dump), 0);
	for (const char *at = dump.out; (at = strstr(at, "\"received_bytes\":")); at++) {
		assert_int_equal(sscanf(at, "\"received_bytes\":%ld", &value), 1);
		received += value;
		sockets++;
	}
	assert_int_equal(sockets, 2); /* both ends are the host's */
	ended_free(&dump);
	globfree(&traces);
	return received;
}

static void only_bytes_of_the_stream_are_received(void **state)
{
	struct story story = story_of("reads_aside");
	char *directory = scratch_name("-traces");
	char options[600];

	(void)state;
	snprintf(options, sizeof(options), "--dir %s", directory);
	story.needs_no_broker = true;
	story.options = options;
	story_tell(&story, "%s", "");
	/* Its output says that the urgent byte and the timestamp were there. */
	assert_non_null(strstr(story.watched.out, "urgent: 1,"));
	assert_non_null(strstr(story.watched.out, "timestamp: 1,"));
	assert_int_equal(received_bytes(directory), 30);
	free(directory);
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_blocking_sender_stalls_on_a_late_reader),
		cmocka_unit_test(a_nonblocking_sender_stalls_with_short_writes),
		cmocka_unit_test(a_small_sender_does_not_stall),
		cmocka_unit_test(closing_with_unread_bytes_resets),
		cmocka_unit_test(closing_with_everything_read_does_not),
		cmocka_unit_test(linger_zero_throws_the_queue_away),
		cmocka_unit_test(lingering_for_ten_seconds_does_not),
		cmocka_unit_test(an_http_post_is_followed_without_a_kafka_verdict),
		cmocka_unit_test(one_connection_under_many_numbers_is_one),
		cmocka_unit_test(a_connection_that_moved_is_asked_at_its_end),
		cmocka_unit_test(a_connection_that_is_refused_lost_nothing),
		cmocka_unit_test(a_signal_handler_that_sends_harms_nothing),
		cmocka_unit_test(every_threads_writes_are_counted),
		cmocka_unit_test(only_bytes_of_the_stream_are_received),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
