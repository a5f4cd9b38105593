/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_perfetto.c - a Perfetto trace has the run's tracks, slices and counters,
 * in order, whatever the traces contain.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build/build.h"
#include "formats/protobuf.h"
#include "judge/findings.h"
#include "judge/judge.h"
#include "printed.h"
#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static struct run run;
static char *read_back, *trace;
static int64_t start;

static int setup(void **state)
{
	(void)state;
	run = (struct run){0};
	maker_make(&maker);
	maker.process->exe = maker_string(&maker, "/bin/orders");
	start = maker.process->process_start_ns;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(read_back);
	read_back = NULL;
	if (trace)
		unlink(trace);
	free(trace);
	trace = NULL;
	model_free(&run);
	maker_free(&maker);
	return 0;
}

static const char *shown(void)
{
	size_t bytes;
	char *packets =
		printed_bytes(render_perfetto, &run, &(struct render_options){0}, &bytes);

	free(read_back);
	read_back = printed_read_bytes("pftrace", packets, bytes);
	free(packets);
	return read_back;
}

/* Its events are read from a file. */
static const char *shown_with_events(void)
{
	maker_run(&maker, &run);
	trace = maker_file(maker.bytes, maker.size);
	run.processes[0].path = trace;
	return shown();
}

static struct trace_event *event(enum trace_event_kind kind, int64_t at_ns, int64_t a,
				 int64_t b)
{
	maker_event(&maker, kind, start + at_ns, a);
	struct trace_event *last =
		&maker.rings[(maker.threads[0].head - 1) % TRACE_RING_EVENTS];

	last->b = b;
	return last;
}

#define PROCESS "orders (pid 4242)"

static void a_process_lives_and_ends_with_its_verdict(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	maker_run(&maker, &run);
	printed_assert_line(shown(), "track " PROCESS);
	printed_assert_line(read_back, "slice " PROCESS " orders 0 2000000000");
	assert_non_null(strstr(read_back, "instant " PROCESS " lost: "));
	assert_non_null(strstr(read_back, "2000000000 verdict=lost lost_certain=950 "
					  "lost_possible=0 missing-flush="));
}

static void calls_are_slices(void **state)
{
	(void)state;
	maker_story(&maker, 10, 0);
	maker.producers[0].name = maker_string(&maker, "rdkafka#producer-1");
	maker.producers[0].opened_ns = 1;
	maker.threads[0].tid = 4242;
	event(EVENT_FLUSH_BEGIN, 100, 10, 5000);
	event(EVENT_FLUSH_END, 300, 0, 200);
	event(EVENT_FLUSH_END, 500, 0, 50); /* its begin is gone */
	event(EVENT_DESTROY_END, 550, 10, 0);
	event(EVENT_DESTROY_BEGIN, 600, 10, 0); /* killed in it */
	event(EVENT_REJECTED, 700, -184, 20);
	assert_non_null(strstr(shown_with_events(), "track " PROCESS "/producer "));
	assert_non_null(strstr(read_back, "/calls of thread 4,242 flush 100 200\n"));
	assert_non_null(strstr(read_back, "/calls of thread 4,242 flush 450 50\n"));
	assert_non_null(
		strstr(read_back, "/calls of thread 4,242 destroy_end 550 outstanding=10\n"));
	assert_non_null(strstr(read_back, "/calls of thread 4,242 close 600 1999999400\n"));
	assert_non_null(strstr(read_back, " rejected 700 error=-184 bytes=20\n"));
}

static void stalls_are_slices_and_the_fill_is_a_counter(void **state)
{
	(void)state;
	maker_story(&maker, 10, 0);
	maker_socket(&maker, 0)->opened_ns = 1;
	event(EVENT_CONNECT, 50, 7, TRACE_UNKNOWN);
	event(EVENT_WRITE, 90, 4096, -EAGAIN);
	event(EVENT_WRITE, 95, 64, 64)->flags = 2;
	event(EVENT_STALL_BEGIN, 100, 900, 65536);
	event(EVENT_STALL_END, 150, 50, CAUSE_RECEIVER);
	event(EVENT_FILL, 200, 455, TRACE_UNKNOWN);
	event(EVENT_CLOSE, 300, 128, 0);
	assert_non_null(strstr(shown_with_events(), "/stalls stall 100 50\n"));
	assert_non_null(strstr(read_back, "/send buffer 100 90.0 %\n"));
	assert_non_null(strstr(read_back, "/send buffer 200 45.5 %\n"));
	assert_non_null(strstr(read_back, "/not acknowledged by TCP 100 65536 3\n"));
	assert_non_null(strstr(read_back, "/not acknowledged by TCP 300 128 3\n"));
	assert_non_null(strstr(read_back, " connection 50 250\n"));
	assert_non_null(strstr(read_back, " EAGAIN 90 offered=4096 result=-11\n"));
	assert_non_null(strstr(read_back, " write 95 offered=64 result=64 writes=3\n"));
}

static void the_series_is_counters(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	maker.process->series_width_ns = 1000;
	maker.header->sections[SECTION_MOMENT - 1].used = 1;
	maker.moments[0] = (struct trace_moment){.state = 1,
						 .at_ns = start + 1000,
						 .accepted_bytes = 4096,
						 .produced = 100,
						 .settled = 40,
						 .delivered = 40,
						 .fill_max_permille = 505};
	maker_run(&maker, &run);
	printed_assert_line(shown(), "counter " PROCESS "/outstanding messages 1000 60 2");
	printed_assert_line(read_back, "counter " PROCESS "/taken by the kernel 1000 4096 3");
	printed_assert_line(read_back, "counter " PROCESS "/fullest send buffer 1000 50.5 %");
}

/* To Perfetto a pid is one process. */
static void a_pid_of_two_machines_is_two_tracks(void **state)
{
	(void)state;
	maker_story(&maker, 10, 0);
	maker_run(&maker, &run);
	maker_run_also(&maker, &run);
	findings_raise(&run);
	assert_int_equal(run.process_count, 2);
	const char *first = strstr(shown(), "track " PROCESS "\n");

	assert_non_null(first);
	assert_non_null(strstr(first + 1, "track " PROCESS "\n"));
}

static void without_a_process_it_is_a_clock(void **state)
{
	(void)state;
	assert_string_equal(shown(), "\n");
}

static void names_hold_what_they_like(void **state)
{
	(void)state;
	maker_story(&maker, 10, 5);
	maker.process->exe = maker_string(&maker, "/bin/a\nb\"}\xff<script>\xe2\x80\xae");
	maker.process->argv = maker_string(&maker, "a\n\xff\x1b[2J");
	maker.producers[0].name = maker_string(&maker, "\xc3\x28\"'\n");
	maker_run(&maker, &run);
	assert_non_null(strstr(shown(), "<script>"));
}

/* Times and rows that no guest has written. */
static void damaged_traces_are_in_order(void **state)
{
	unsigned seed = 23;

	(void)state;
	maker_story(&maker, 1000, 50);
	maker_socket(&maker, 0)->opened_ns = 1;
	for (int i = 0; i < 200; i++) {
		struct trace_event *one =
			event((enum trace_event_kind)(rand_r(&seed) % 34), rand_r(&seed) % 2000,
			      rand_r(&seed) % 100, rand_r(&seed) % 100);

		one->object = (uint32_t)rand_r(&seed) % 3;
		if (i % 10 == 0)
			one->at_ns = i % 20 ? INT64_MIN + i : INT64_MAX - i;
		if (i % 7 == 0)
			one->a = one->b = i % 2 ? INT64_MAX : INT64_MIN;
	}
	assert_non_null(strstr(shown_with_events(), "slice " PROCESS));
}

static void numbers_are_written_as_protobuf_has_them(void **state)
{
	struct protobuf message = {0};

	(void)state;
	protobuf_number(&message, 1, 0);
	protobuf_number(&message, 16, 300);
	protobuf_number(&message, 2, (uint64_t)INT64_C(-1));
	assert_int_equal(message.count, 2 + 4 + 11);
	assert_memory_equal(message.bytes,
			    "\x08\x00\x80\x01\xac\x02\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff"
			    "\x01",
			    17);
	protobuf_free(&message);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_process_lives_and_ends_with_its_verdict),
		TEST(calls_are_slices),
		TEST(stalls_are_slices_and_the_fill_is_a_counter),
		TEST(the_series_is_counters),
		TEST(a_pid_of_two_machines_is_two_tracks),
		TEST(without_a_process_it_is_a_clock),
		TEST(names_hold_what_they_like),
		TEST(damaged_traces_are_in_order),
		TEST(numbers_are_written_as_protobuf_has_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
