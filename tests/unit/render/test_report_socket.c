/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_report_socket.c - a connection's settings and the chart of a process's
 * life, as the report prints them.
 */
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/formats.h"
#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static char *printed;

static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(printed);
	printed = NULL;
	maker_free(&maker);
	return 0;
}

static void print(const char *format)
{
	struct run run;
	size_t bytes;
	FILE *out;

	free(printed);
	printed = NULL;
	maker_run(&maker, &run);
	out = open_memstream(&printed, &bytes);
	assert_non_null(out);
	formats_find(format, strlen(format))(&run, &(struct render_options){.verbose = true},
					     out);
	fclose(out);
	model_free(&run);
}

static void settings_that_change_what_sending_does_are_shown(void **state)
{
	struct trace_socket *socket = maker_socket(&maker, UINT32_MAX - 1);

	(void)state;
	print("text");
	assert_null(strstr(printed, "set: "));
	socket->flags |= SOCKET_CORKED;
	socket->send_timeout_ms = 7000;
	socket->linger_seconds = 3;
	maker_socket_more(&maker, socket)->flags = SOCKET_BUFFER_FORCED;
	print("text");
	assert_non_null(strstr(printed, "set: SO_SNDBUFFORCE, TCP_CORK"));
	assert_non_null(strstr(printed, "SO_SNDTIMEO 7.00 s"));
	assert_non_null(strstr(printed, "SO_LINGER 3 s"));
}

static void bytes_that_went_past_every_call_are_said(void **state)
{
	struct trace_socket_more *more =
		maker_socket_more(&maker, maker_socket(&maker, UINT32_MAX - 1));

	(void)state;
	print("text");
	assert_null(strstr(printed, "no call was seen to send"));
	more->unseen_bytes = 20;
	print("text");
	assert_null(strstr(printed, "no call was seen to send"));
	more->unseen_bytes = 1234567;
	print("text");
	assert_non_null(
		strstr(printed, "TCP took 1,234,567 bytes that no call was seen to send"));
	assert_non_null(strstr(printed, "system call"));
	assert_null(strstr(printed, "io_uring"));
	maker.process->notes |= NOTE_IO_URING;
	print("text");
	assert_non_null(strstr(printed, "io_uring, or"));
}

static json_t *stalls_of_the_first(json_t *summary)
{
	json_t *process = json_array_get(json_object_get(summary, "processes"), 0);

	return json_object_get(json_array_get(json_object_get(process, "sockets"), 0),
			       "stalls");
}

static json_t *told(void)
{
	print("json");
	json_t *summary = json_loads(printed, 0, NULL);

	assert_non_null(summary);
	return summary;
}

static bool is_null(json_t *stalls, const char *key)
{
	return json_is_null(json_object_get(stalls, key));
}

/* Killed at an unknown time: it was stalled, but it is not known for how long. */
static void a_stall_of_no_known_end_has_no_length(void **state)
{
	struct trace_socket *socket = maker_socket(&maker, UINT32_MAX - 1);
	struct trace_socket_more *more = maker_socket_more(&maker, socket);

	(void)state;
	maker.process->how = HOW_UNKNOWN;
	maker.process->end_ns = 0;
	socket->stalls = 2;
	socket->stalled_ns = 500;
	socket->stall_began_ns = 102 * MAKER_SECOND;
	json_t *summary = told(), *stalls = stalls_of_the_first(summary);
	assert_true(json_is_true(json_object_get(stalls, "at_end")));
	assert_true(is_null(stalls, "total_ns"));
	assert_true(is_null(stalls, "longest_ns"));
	assert_true(is_null(stalls, "unexplained_ns"));
	json_decref(summary);
	/* Of a wait, not even that it was one. */
	socket->stall_began_ns = 0;
	more->wait_began_ns = 102 * MAKER_SECOND;
	summary = told(), stalls = stalls_of_the_first(summary);
	assert_true(is_null(stalls, "at_end"));
	assert_int_equal(json_integer_value(json_object_get(stalls, "total_ns")), 500);
	json_decref(summary);
	more->wait_began_ns = 0;
	summary = told(), stalls = stalls_of_the_first(summary);
	assert_true(json_is_false(json_object_get(stalls, "at_end")));
	json_decref(summary);
}

/* A wait that nothing was written after, seen to its end. */
static void a_wait_for_room_lasts_to_the_death(void **state)
{
	struct trace_socket *socket = maker_socket(&maker, UINT32_MAX - 1);
	struct trace_socket_more *more = maker_socket_more(&maker, socket);

	(void)state;
	maker.process->end_ns = 103 * MAKER_SECOND;
	more->wait_began_ns = 102 * MAKER_SECOND;
	json_t *summary = told(), *stalls = stalls_of_the_first(summary);
	assert_true(json_is_true(json_object_get(stalls, "at_end")));
	assert_int_equal(json_integer_value(json_object_get(stalls, "count")), 1);
	assert_int_equal(json_integer_value(json_object_get(stalls, "total_ns")), MAKER_SECOND);
	json_decref(summary);
	socket->written_last_ns = 102 * MAKER_SECOND + 1;
	summary = told(), stalls = stalls_of_the_first(summary);
	assert_true(json_is_false(json_object_get(stalls, "at_end")));
	assert_int_equal(json_integer_value(json_object_get(stalls, "count")), 0);
	json_decref(summary);
}

static int64_t integer(json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* What a finding of the first process says. */
static bool says(const char *id, const char *words)
{
	json_t *summary = told();
	json_t *process = json_array_get(json_object_get(summary, "processes"), 0);
	json_t *finding;
	size_t i;
	bool found = false;

	json_array_foreach(json_object_get(process, "findings"), i, finding) found |=
		!strcmp(json_string_value(json_object_get(finding, "id")), id) &&
		strstr(json_string_value(json_object_get(finding, "text")), words);
	json_decref(summary);
	return found;
}

/* Threads that were held up at once: 1.5 s of a connection that lived for one, 0.8 and 0.7 by
 * two causes. What is printed in different places is one whole and its parts. */
static void stalls_add_up_to_no_more_than_a_life(void **state)
{
	struct trace_socket *socket = maker_socket(&maker, UINT32_MAX - 1);

	(void)state;
	maker.process->end_ns = 102 * MAKER_SECOND;
	socket->stalls = 2;
	socket->stalled_ns = 3 * MAKER_SECOND / 2;
	socket->stalled_receiver_ns = 8 * MAKER_SECOND / 10;
	socket->stalled_network_ns = 7 * MAKER_SECOND / 10;
	socket->stall_longest_ns = 3 * MAKER_SECOND / 2;
	json_t *summary = told(), *stalls = stalls_of_the_first(summary);

	assert_int_equal(integer(stalls, "total_ns"), MAKER_SECOND);
	assert_int_equal(integer(stalls, "longest_ns"), MAKER_SECOND);
	assert_true(integer(stalls, "receiver_ns") + integer(stalls, "network_ns") <=
		    MAKER_SECOND);
	assert_true(integer(stalls, "receiver_ns") > integer(stalls, "network_ns"));
	assert_true(json_real_value(json_object_get(stalls, "life_share")) <= 1);
	json_decref(summary);
	print("text");
	assert_non_null(strstr(printed, "stalled for 100 % of its life"));
	assert_true(says("receiver-stall", "for 533.3 ms, 53 % of the connection's life (2"));
	assert_true(says("network-stall", "for 466.7 ms, 46 % of the connection's life (2"));
}

/* What was not looked into has a time of its own, here as there. */
static void what_is_not_explained_is_said_apart(void **state)
{
	struct trace_socket *socket = maker_socket(&maker, UINT32_MAX - 1);

	(void)state;
	maker.process->end_ns = 102 * MAKER_SECOND;
	socket->stalls = 2;
	socket->stalled_ns = MAKER_SECOND / 2;
	socket->stalled_receiver_ns = 3 * MAKER_SECOND / 10;
	socket->stall_longest_ns = 3 * MAKER_SECOND / 10;
	print("text");
	assert_non_null(strstr(printed, "stalled for 50 % of its life"));
	assert_true(says("receiver-stall",
			 "for 300.0 ms, 30 % of the connection's life, and for 200.0 ms more "
			 "that was not looked into (2"));
}

/* Eight moments, 2 s: bytes in the first half, a stall in the second. */
static void live(void)
{
	struct trace_socket *socket = maker_socket(&maker, UINT32_MAX - 1);

	maker.process->series_width_ns = MAKER_SECOND / 4;
	maker.process->end_ns = 103 * MAKER_SECOND;
	maker.process->process_start_ns = maker.process->monotonic_ns;
	maker.header->sections[SECTION_MOMENT - 1].used = 8;
	for (int i = 0; i < 8; i++)
		maker.moments[i] = (struct trace_moment){
			.state = 1,
			.at_ns = 101 * MAKER_SECOND + (i + 1) * MAKER_SECOND / 4,
			.accepted_bytes = (uint64_t)(i < 4 ? i + 1 : 4) * 1048576,
			.stalled_ns = (uint64_t)(i < 4 ? 0 : i - 3) * MAKER_SECOND / 4,
		};
	socket->accepted_bytes = socket->offered_bytes = 4 * 1048576;
	socket->stalls = 1;
	socket->stalled_ns = MAKER_SECOND;
}

static void the_picture_shows_what_went_out_and_what_held_it_up(void **state)
{
	(void)state;
	live();
	print("text");
	assert_non_null(strstr(
		printed, "  sent      |########################                        |"));
	assert_non_null(strstr(
		printed, "  stalled   |                        ########################|"));
	assert_non_null(strstr(printed, "the fullest 4.0 MiB/s"));
}

static void a_short_life_has_no_picture(void **state)
{
	(void)state;
	live();
	maker.header->sections[SECTION_MOMENT - 1].used = 3;
	maker.process->end_ns = 101 * MAKER_SECOND + 3 * MAKER_SECOND / 4;
	print("text");
	assert_null(strstr(printed, "  sent "));
}

/* What a fold left behind, and a row that is being written, are no moments. */
static void rows_that_are_left_over_are_passed_over(void **state)
{
	(void)state;
	live();
	maker.moments[5] = maker.moments[2];
	maker.moments[6].state = 0;
	print("json");
	assert_non_null(strstr(printed, "\"width_ns\": 250000000"));
	size_t moments = 0;

	for (const char *at = printed; (at = strstr(at, "\"fill_max\"")); at++)
		moments++;
	assert_int_equal(moments, 6);
}

static void an_older_trace_has_no_series(void **state)
{
	(void)state;
	maker_story(&maker, 10, 10);
	print("json");
	assert_non_null(strstr(printed, "\"series\": null"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bytes_that_went_past_every_call_are_said),
		TEST(a_stall_of_no_known_end_has_no_length),
		TEST(a_wait_for_room_lasts_to_the_death),
		TEST(settings_that_change_what_sending_does_are_shown),
		TEST(stalls_add_up_to_no_more_than_a_life),
		TEST(what_is_not_explained_is_said_apart),
		TEST(the_picture_shows_what_went_out_and_what_held_it_up),
		TEST(a_short_life_has_no_picture),
		TEST(rows_that_are_left_over_are_passed_over),
		TEST(an_older_trace_has_no_series),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
