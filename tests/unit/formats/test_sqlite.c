/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sqlite.c - the database has the same values as the summary, row by row,
 * whatever the traces contain, and its views add up to the run's loss.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build/build.h"
#include "judge/findings.h"
#include "judge/judge.h"
#include "printed.h"
#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static struct run run;
static char *read_back, *trace;

static int setup(void **state)
{
	(void)state;
	run = (struct run){0};
	maker_make(&maker);
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

/* Held against the summary by the reader. */
static const char *shown(void)
{
	const struct render_options options = {0};
	char *summary = printed_by(render_json, &run, &options);
	char *path = maker_file(summary, strlen(summary));
	size_t bytes;
	char *database = printed_bytes(render_sqlite, &run, &options, &bytes);

	setenv("UNFLUSHED_SUMMARY", path, 1);
	free(read_back);
	read_back = printed_read_bytes("sqlite", database, bytes);
	unlink(path);
	free(path);
	free(summary);
	free(database);
	return read_back;
}

/* Its events are read from a file. */
static void keep_trace(void)
{
	trace = maker_file(maker.bytes, maker.size);
	run.processes[0].path = trace;
}

static void a_loss_is_of_its_line_topic_minute_and_broker(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	maker_socket(&maker, 0)->produce_requests = 1;
	maker.process->realtime_ns = 1764288000 * MAKER_SECOND;
	maker.process->monotonic_ns = maker.process->process_start_ns;
	maker_run(&maker, &run);
	assert_int_equal(run.losses.certain, 950);
	printed_assert_line(shown(), "loss_by_topic orders 950 0");
	printed_assert_line(read_back, "loss_by_topic - 0 0");
	assert_non_null(strstr(read_back, " orders.py 42 "));
	printed_assert_line(read_back, "loss_by_minute 2025-11-28T00:00Z 950 0");
	assert_non_null(strstr(read_back, "loss_by_broker 127.0.0.1:"));
}

/* It may have been meant for the other one. */
static void of_two_brokers_none_is_blamed(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	maker_socket(&maker, 0);
	maker_socket(&maker, 0)->peer_port = 9093;
	maker_run(&maker, &run);
	printed_assert_line(shown(), "loss_by_broker - 950 0");
}

static void two_lines_and_two_topics_share_the_loss(void **state)
{
	(void)state;
	maker_story(&maker, 500, 0);
	maker_topic(&maker, 0, "audit", -1);
	maker_site(&maker, "audit.py", 7);
	maker_count(&maker_cell(&maker, 2, 2)->counts, COUNT_SENT, 10);
	maker_socket(&maker, 0);
	maker_run(&maker, &run);
	printed_assert_line(shown(), "loss_by_topic orders 500 0");
	printed_assert_line(read_back, "loss_by_topic audit 10 0");
	printed_assert_line(read_back, "loss_by_topic - 0 0");
}

static void a_run_without_a_process_has_its_tables(void **state)
{
	(void)state;
	run.losses.possible = UNKNOWN;
	printed_assert_line(shown(), "loss_by_topic - 0 -");
}

static void names_hold_what_they_like(void **state)
{
	static const char *const names[] = {"a\nb\"}\r\xff]]><script>\xe2\x80\xae",
					    "'; DROP TABLE run; --", "\"\"''`",
					    "\x1b[2J\xc3\x28\xf0\x9f\x92\xa9", "%s%n?1"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		maker_story(&maker, 10, 5);
		maker_socket(&maker, 0)->broker = maker_string(&maker, names[i]);
		maker.topics[0].topic = maker_string(&maker, names[i]);
		maker.process->exe = maker_string(&maker, names[i]);
		maker.process->argv = maker_string(&maker, names[i]);
		maker.sites[0].frames[0].file = maker_string(&maker, names[i]);
		maker.sites[0].frames[0].function = maker_string(&maker, names[i]);
		maker_run(&maker, &run);
		assert_int_equal(run.processes[0].producer_count, 1);
		shown();
		model_free(&run);
		run = (struct run){0};
		maker_free(&maker);
		maker_make(&maker);
	}
}

/* Anything but the tables that say where the others are. */
static void damage(uint8_t *bytes, size_t size, unsigned *seed)
{
	for (int i = 0; i < 200; i++) {
		size_t at = sizeof(struct trace_header) +
			    (size_t)rand_r(seed) % (size - sizeof(struct trace_header));

		bytes[at] = rand_r(seed) % 2 ? 0xff : (uint8_t)rand_r(seed);
	}
}

/* Whatever a damaged trace says, the database says it too, and it adds up. */
static void damaged_traces_add_up(void **state)
{
	unsigned seed = 17;

	(void)state;
	maker_story(&maker, 1000, 50);
	maker_topic(&maker, 0, "audit", -1);
	maker_count(&maker_cell(&maker, 2, 1)->counts, COUNT_SENT, 10);
	maker_socket(&maker, 0)->produce_requests = 1;
	for (int i = 0; i < 300; i++) {
		uint8_t *bytes = maker_copy(&maker);
		struct reader reader;

		if (i)
			damage(bytes, maker.size, &seed);
		if (reader_take(&reader, bytes, maker.size))
			build_trace(&run, "damaged.trace", &reader);
		reader_close(&reader);
	}
	judge_run(&run);
	findings_raise(&run);
	assert_true(run.process_count > 200);
	shown();
}

/* Together more than an int64_t holds. */
static void absurd_numbers_spoil_no_view(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++) {
		struct reader reader;

		if (i == 0) {
			maker_story(&maker, UINT64_C(1) << 58, 0);
			maker_socket(&maker, 0);
		}
		assert_true(reader_take(&reader, maker_copy(&maker), maker.size));
		build_trace(&run, "absurd.trace", &reader);
		reader_close(&reader);
	}
	judge_run(&run);
	findings_raise(&run);
	unsetenv("UNFLUSHED_SUMMARY"); /* its sums end at NUMBER_MAX */
	size_t bytes;
	char *database =
		printed_bytes(render_sqlite, &run, &(struct render_options){0}, &bytes);

	read_back = printed_read_bytes("sqlite", database, bytes);
	free(database);
	assert_non_null(strstr(read_back, "loss_by_topic orders 1.1529215046068"));
}

static void stalls_and_events_are_those_of_the_trace(void **state)
{
	int64_t start;

	(void)state;
	maker_story(&maker, 10, 0);
	maker_socket(&maker, 0)->opened_ns = 1;
	start = maker.process->process_start_ns;
	maker_event(&maker, EVENT_STALL_BEGIN, start + 100, 900);
	maker_event(&maker, EVENT_STALL_END, start + 150, 50);
	maker.rings[1].b = CAUSE_RECEIVER;
	maker_event(&maker, EVENT_STALL_END, start + 300, 20); /* its begin is gone */
	maker_event(&maker, EVENT_STALL_BEGIN, start + 400, TRACE_UNKNOWN);
	maker_event(&maker, 999, start + 500, 1);
	maker_run(&maker, &run);
	keep_trace();
	printed_assert_line(shown(), "event stall_begin - 0 900 0 1");
	printed_assert_line(read_back, "event - - - 1 0 1");
	printed_assert_line(read_back, "stall 0 100 50 900 receiver");
	printed_assert_line(read_back, "stall 0 280 20 - unknown");
	printed_assert_line(read_back, "stall 0 400 - - -");
}

/* Its row was another one's before. */
static void an_event_of_an_earlier_connection_is_of_none(void **state)
{
	int64_t start;

	(void)state;
	maker_story(&maker, 10, 0);
	start = maker.process->process_start_ns;
	maker_socket(&maker, 0)->opened_ns = start + 200;
	maker_event(&maker, EVENT_STALL_END, start + 100, 50);
	maker_event(&maker, EVENT_STALL_END, start + 300, 50);
	maker_run(&maker, &run);
	keep_trace();
	printed_assert_line(shown(), "stall - 50 50 - unknown");
	printed_assert_line(read_back, "stall 0 250 50 - unknown");
}

static void what_cannot_be_made_is_said(void **state)
{
	const char *why = NULL, *before = getenv("TMPDIR");
	char *kept = before ? strdup(before) : NULL, *text;
	size_t bytes;

	(void)state;
	setenv("TMPDIR", "/nonexistent", 1);
	text = printed_bytes(render_sqlite, &run, &(struct render_options){.why = &why},
			     &bytes);
	if (kept)
		setenv("TMPDIR", kept, 1);
	else
		unsetenv("TMPDIR");
	free(kept);
	assert_int_equal(bytes, 0);
	assert_string_equal(why, "a temporary file in /nonexistent: No such file or directory");
	free(text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_loss_is_of_its_line_topic_minute_and_broker),
		TEST(of_two_brokers_none_is_blamed),
		TEST(two_lines_and_two_topics_share_the_loss),
		TEST(a_run_without_a_process_has_its_tables),
		TEST(names_hold_what_they_like),
		TEST(damaged_traces_add_up),
		TEST(absurd_numbers_spoil_no_view),
		TEST(stalls_and_events_are_those_of_the_trace),
		TEST(an_event_of_an_earlier_connection_is_of_none),
		TEST(what_cannot_be_made_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
