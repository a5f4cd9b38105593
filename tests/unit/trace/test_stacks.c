/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stacks.c - stacks of every depth are read from the trace as they were
 * written, each once; a part that many stacks have in common is stored once,
 * and leaves room for more stacks.
 *
 * compiles: shim/guest/[a-z]*.c shim/trace/[a-z]*.c
 */
#include "trace/stacks.h"

#include <stdlib.h>
#include <string.h>

#include "guest/state.h"
#include "scratch.h"
#include "testing.h"
#include "trace/map.h"
#include "trace/record.h"
#include "trace/writer.h"

static int setup(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	if (setenv("UNFLUSHED_DIR", scratch_path("."), 1) != 0)
		return -1;
	return guest_wake() == GUEST_AWAKE && record_ready() ? 0 : -1;
}

static struct trace_frame frame_of(uint32_t number)
{
	return (struct trace_frame){.offset = 1000 + number, .module = 1};
}

/* From `inner` inside to what all have, outside. */
static struct stacks_frames stack_of(uint32_t inner, uint32_t depth)
{
	struct stacks_frames stack = {.depth = depth};

	for (uint32_t i = 0; i < depth; i++)
		stack.frames[i] = frame_of(i < TRACE_FRAMES ? inner + i : i);
	return stack;
}

static uint32_t add(uint64_t hash, const struct stacks_frames *stack)
{
	uint32_t site = stacks_begin(hash, LANGUAGE_C);

	if (site)
		stacks_end(site, stack);
	return site;
}

/* As a reader follows it. */
static uint32_t read_back(uint32_t site, struct trace_frame *frames)
{
	uint32_t depth = 0;

	while (site) {
		const struct trace_site *row = &trace->sites[site - 1];

		assert_int_equal(row->state, depth ? SITE_REST : SITE_STACK);
		assert_int_equal(row->language, LANGUAGE_C);
		assert_true(depth + row->depth <= TRACE_FRAMES_MOST);
		memcpy(frames + depth, row->frames, row->depth * sizeof *frames);
		depth += row->depth;
		site = row->rest;
	}
	return depth;
}

static uint32_t used(void)
{
	return writer_section(SECTION_SITE)->used;
}

static void stacks_of_every_depth_come_back(void **state)
{
	(void)state;
	for (uint32_t depth = 0; depth <= TRACE_FRAMES_MOST; depth++) {
		struct stacks_frames stack = stack_of(100 * depth, depth);
		struct trace_frame frames[TRACE_FRAMES_MOST] = {{0}};
		uint32_t site = add(7000 + depth, &stack);

		assert_true(site > 0);
		assert_int_equal(stacks_find(7000 + depth, LANGUAGE_C), site);
		assert_int_equal(read_back(site, frames), depth);
		assert_memory_equal(frames, stack.frames, sizeof frames);
	}
}

static void a_stack_is_known_by_its_hash_and_language(void **state)
{
	struct stacks_frames stack = stack_of(1, 3);
	uint32_t site = add(42, &stack);

	(void)state;
	assert_int_equal(stacks_find(42, LANGUAGE_C), site);
	assert_int_equal(stacks_find(42, LANGUAGE_JAVA), 0);
	assert_int_equal(stacks_find(43, LANGUAGE_C), 0);
	assert_int_equal(stacks_find(0, LANGUAGE_C), 0); /* the rests have none */
}

static void what_lies_outside_is_stored_once(void **state)
{
	struct stacks_frames first = stack_of(50000, 20), second = stack_of(60000, 20);
	uint32_t before, a = add(51, &first), b;

	(void)state;
	before = used();
	b = add(52, &second);
	assert_int_equal(used(), before + 1);
	assert_int_equal(trace->sites[a - 1].rest, trace->sites[b - 1].rest);
	assert_true(trace->sites[a - 1].rest > 0);
}

/* Each deep, and none with a frame of another. */
static void the_last_rows_are_for_new_stacks(void **state)
{
	uint32_t rows = writer_section(SECTION_SITE)->rows, count = 0, whole = 0;

	(void)state;
	for (uint32_t i = 1;; i++) {
		struct stacks_frames stack = {.depth = TRACE_FRAMES_MOST};
		struct trace_frame frames[TRACE_FRAMES_MOST];

		for (uint32_t j = 0; j < stack.depth; j++)
			stack.frames[j] = frame_of(100000 + 100 * i + j);
		uint32_t site = add(900000 + i, &stack), depth;

		if (!site)
			break;
		depth = read_back(site, frames);
		assert_true(depth >= TRACE_FRAMES);
		assert_memory_equal(frames, stack.frames, TRACE_FRAMES * sizeof *frames);
		whole += depth == stack.depth;
		count++;
	}
	assert_true(count > rows / 4);
	assert_true(whole > 0 && whole < count);
	assert_int_equal(used(), rows);
}

static void a_text_is_stored_once(void **state)
{
	trace_string first = writer_string_once("/app/orders.py", 14);
	uint32_t before = writer_section(SECTION_STRING)->used;

	(void)state;
	assert_true(first > 0);
	assert_int_equal(writer_string_once("/app/orders.py", 14), first);
	assert_int_equal(writer_section(SECTION_STRING)->used, before);
	assert_true(writer_string_once("/app/orders.p", 13) != first);
	assert_int_equal(writer_string_once("", 0), 0);
}

/* Stacks whose hashes are alike but for their highest bits share one guess: each is found in
 * its own row all the same, and what is of another language, or not there, is not. */
static void each_stack_is_found_again(void **state)
{
	struct stacks_frames stack = stack_of(0, 1);
	uint32_t sites[64];
	const uint64_t first = 1u << 30, apart = UINT64_C(1) << 42;

	(void)state;
	for (uint32_t i = 0; i < 64; i++) {
		assert_int_equal(stacks_find(first + i * apart, LANGUAGE_C), 0);
		sites[i] = add(first + i * apart, &stack);
		assert_true(sites[i] > 0);
	}
	for (int turn = 0; turn < 3; turn++)
		for (uint32_t i = 0; i < 64; i++) {
			uint32_t other = 63 - i;

			assert_int_equal(stacks_find(first + i * apart, LANGUAGE_C), sites[i]);
			assert_int_equal(stacks_find(first + other * apart, LANGUAGE_C),
					 sites[other]);
			assert_int_equal(stacks_find(first + i * apart, LANGUAGE_PYTHON), 0);
			assert_int_equal(stacks_find(first + (64 + i) * apart, LANGUAGE_C), 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stacks_of_every_depth_come_back),
		cmocka_unit_test(a_stack_is_known_by_its_hash_and_language),
		cmocka_unit_test(what_lies_outside_is_stored_once),
		cmocka_unit_test(a_text_is_stored_once),
		cmocka_unit_test(each_stack_is_found_again),
		cmocka_unit_test(the_last_rows_are_for_new_stacks),
	};

	return cmocka_run_group_tests(tests, setup, scratch_remove);
}
