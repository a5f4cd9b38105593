/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_build.c - what the rows of a trace become in the model: counts that add
 * up, and how each process ended.
 */
#include <stddef.h>
#include <stdint.h>
#include <signal.h>

#include "build/build.h"
#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static struct run run;

static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	model_free(&run);
	maker_free(&maker);
	return 0;
}

static void build(void)
{
	model_free(&run);
	maker_run(&maker, &run);
}

static const int64_t *messages(void)
{
	return run.processes[0].producers[0].tally.messages;
}

static void the_law_holds_over_rows_and_cells(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&maker, 100, 40);
	struct trace_counts *out = &maker.topics[1].counts;

	maker_count(&maker.topics[0].counts, COUNT_SENT, 7); /* a thread without a cell */
	maker_count(&maker.cells[0].counts, COUNT_UNROLLED, 2);
	maker_count(&maker.cells[0].counts, COUNT_REJECTED, 5);
	maker_count(out, COUNT_FAILED, 3);
	maker_count(out, COUNT_PURGED, 4);
	maker_count(out, COUNT_UNCONFIRMED, 5);
	maker_count(out, COUNT_DROPPED, 50);
	maker_waited(producer, 105);
	build();
	assert_int_equal(messages()[PRODUCED], 105);
	assert_int_equal(messages()[REJECTED], 5);
	assert_int_equal(messages()[OUTSTANDING], 105 - 40 - 3 - 4 - 5);
	assert_int_equal(run.processes[0].producers[0].tally.bytes[OUTSTANDING], 530);
	assert_int_equal(run.processes[0].producers[0].dropped, 50);
}

static void a_partition_has_no_produced_and_its_topic_has(void **state)
{
	(void)state;
	maker_story(&maker, 100, 40);
	maker_count(&maker_topic(&maker, 0, "orders", 3)->counts, COUNT_DELIVERED, 9);
	build();
	const struct producer *producer = &run.processes[0].producers[0];
	assert_int_equal(producer->topic_count, 3);
	assert_int_equal(producer->topics[0].partition, UNKNOWN);
	assert_int_equal(producer->topics[0].tally.messages[PRODUCED], 100);
	assert_int_equal(producer->topics[0].tally.messages[OUTSTANDING], 51);
	assert_int_equal(producer->topics[2].partition, 3);
	assert_int_equal(producer->topics[2].tally.messages[DELIVERED], 9);
	assert_int_equal(producer->topics[2].tally.messages[PRODUCED], UNKNOWN);
}

static void a_refused_producer_is_not_there(void **state)
{
	(void)state;
	maker_waited(maker_story(&maker, 100, 100), 100);
	maker_producer(&maker)->state = PRODUCER_REFUSED;
	build();
	assert_int_equal(run.verdict, VERDICT_CLEAN);
	assert_int_equal(run.processes[0].producer_count, 1);
}

static void an_image_that_left_a_later_trace_ended_by_exec(void **state)
{
	(void)state;
	maker.process->how = HOW_UNKNOWN;
	build();
	assert_int_equal(run.processes[0].how, ENDED_VANISHED);
	maker.process->process_start_ns = 0;
	maker.process->monotonic_ns += 5;
	maker_run_also(&maker, &run); /* the same pid */
	assert_int_equal(run.processes[0].how, ENDED_EXEC);
	assert_int_equal(run.processes[1].how, ENDED_VANISHED);
}

/* Far more processes than the table of images has places for at first. */
static void each_of_many_processes_has_its_own_images(void **state)
{
	enum { PROCESSES = 300 };

	(void)state;
	maker.process->how = HOW_UNKNOWN;
	maker.process->process_start_ns = 0;
	build();
	for (int32_t i = 1; i < PROCESSES; i++) {
		maker.process->pid++;
		maker_run_also(&maker, &run);
	}
	/* The later image of the even ones is read first, of the odd ones last. */
	for (int32_t i = 0; i < PROCESSES; i++) {
		maker.process->pid = (int32_t)run.processes[i].pid;
		maker.process->monotonic_ns += i % 2 ? 5 : -5;
		maker_run_also(&maker, &run);
		maker.process->monotonic_ns -= i % 2 ? 5 : -5;
	}
	for (size_t i = 0; i < PROCESSES; i++) {
		const struct process *first = &run.processes[i];
		const struct process *second = &run.processes[PROCESSES + i];

		assert_int_equal(first->pid, second->pid);
		assert_int_equal(first->how, i % 2 ? ENDED_EXEC : ENDED_VANISHED);
		assert_int_equal(second->how, i % 2 ? ENDED_VANISHED : ENDED_EXEC);
	}
}

static void the_end_is_what_wait_said(void **state)
{
	(void)state;
	maker.process->observed = 1;
	maker.process->observed_status = SIGTERM;
	maker.process->observed_ns = 103 * MAKER_SECOND;
	build();
	assert_int_equal(run.processes[0].how, ENDED_SIGNAL);
	assert_int_equal(run.processes[0].signal, SIGTERM);
	assert_int_equal(run.processes[0].status, UNKNOWN);
	assert_int_equal(run.processes[0].duration_ns, 3 * MAKER_SECOND);
	maker.process->how = HOW_ABORT;
	maker.process->observed_status = SIGABRT;
	build();
	assert_int_equal(run.processes[0].how, ENDED_ABORT);
	maker.process->how = HOW_UNKNOWN; /* exit_group, past every hook */
	maker.process->observed_status = 7 << 8;
	build();
	assert_int_equal(run.processes[0].how, ENDED_UNDERSCORE_EXIT);
	assert_int_equal(run.processes[0].status, 7);
	maker.process->how = HOW_EXEC;
	build();
	assert_int_equal(run.processes[0].how, ENDED_EXEC);
	maker.process->observed = 0;
	maker.process->how = HOW_RETURN;
	maker.process->status = TRACE_UNKNOWN;
	build();
	assert_int_equal(run.processes[0].how, ENDED_EXIT);
	assert_int_equal(run.processes[0].status, UNKNOWN);
}

/* A row of the trace with so many frames, each on a line of its own. */
static struct trace_site *stack_row(uint32_t number, enum trace_site_state kind, uint32_t lines)
{
	struct trace_site *row = &maker.sites[number];

	maker.header->sections[SECTION_SITE - 1].used = number + 1;
	*row = (struct trace_site){.state = kind, .language = LANGUAGE_PYTHON, .depth = lines};
	for (uint32_t i = 0; i < lines && i < TRACE_FRAMES; i++)
		row->frames[i].line = 100 * number + i + 1;
	return row;
}

static const struct call_site *only_site(void)
{
	build();
	assert_int_equal(run.processes[0].producers[0].site_count, 1);
	return &run.processes[0].producers[0].sites[0];
}

static void a_deep_stack_goes_on_in_other_rows(void **state)
{
	(void)state;
	maker_story(&maker, 10, 0);
	stack_row(0, SITE_STACK, TRACE_FRAMES)->rest = 3;
	stack_row(1, SITE_STACK, 1);
	stack_row(2, SITE_REST, 2);
	const struct call_site *site = only_site();

	assert_int_equal(site->depth, TRACE_FRAMES + 2);
	assert_int_equal(site->frames[TRACE_FRAMES - 1].line, TRACE_FRAMES);
	assert_int_equal(site->frames[TRACE_FRAMES].line, 201);
	assert_int_equal(site->frames[TRACE_FRAMES + 1].line, 202);
}

/* Of a damaged trace: one that never ends, and one that leads nowhere. */
static void a_deep_stack_ends_whatever_its_rows_say(void **state)
{
	(void)state;
	maker_story(&maker, 10, 0);
	stack_row(0, SITE_STACK, UINT32_MAX)->rest = 2;
	stack_row(1, SITE_REST, UINT32_MAX - 7)->rest = 2;
	assert_int_equal(only_site()->depth, TRACE_FRAMES_MOST);
	maker.sites[1].rest = 4000000000;
	assert_int_equal(only_site()->depth, 2 * TRACE_FRAMES);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_law_holds_over_rows_and_cells),
		TEST(a_partition_has_no_produced_and_its_topic_has),
		TEST(a_refused_producer_is_not_there),
		TEST(an_image_that_left_a_later_trace_ended_by_exec),
		TEST(each_of_many_processes_has_its_own_images),
		TEST(the_end_is_what_wait_said),
		TEST(a_deep_stack_goes_on_in_other_rows),
		TEST(a_deep_stack_ends_whatever_its_rows_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
