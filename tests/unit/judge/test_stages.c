/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stages.c - what happened to a large message, one step after the other:
 * with acks=0 (cut-frame), and if its client itself took the time
 * (client-slow).
 */
#include "judge/judge.h"

#include <string.h>

#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static struct run run;
static struct trace_producer *producer;
static struct trace_socket *socket_row;

/* A message of 5 MB, of which the kernel took a part before the connection was closed. */
static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	producer = maker_story(&maker, 1, 0);
	producer->client = CLIENT_KAFKA_PYTHON;
	producer->acks = 0;
	socket_row = maker_socket(&maker, 0);
	socket_row->frame_bytes = 5243016;
	socket_row->frame_at = 982241;
	socket_row->state = SOCKET_CLOSED;
	socket_row->end = END_CLOSE;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	model_free(&run);
	maker_free(&maker);
	return 0;
}

static const char *said_by(const char *id)
{
	maker_run(&maker, &run);
	const struct finding *finding = maker_finding(&run, id);

	assert_non_null(finding);
	return finding->text;
}

/* Each stands behind the one before. */
static void expect_order(const char *text, const char *const *steps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *found = strstr(text, steps[i]);

		if (!found)
			fail_msg("\"%s\" is not in its place in: %s", steps[i], text);
		text = found + strlen(steps[i]);
	}
}

static void the_steps_of_acks_0_are_said_in_order(void **state)
{
	static const char *const steps[] = {"send() took 982,241 ", "flush() returned",
					    "close() dropped the other 4,260,775",
					    "buffer blocked nothing"};

	(void)state;
	producer->flush_calls = 1;
	expect_order(said_by("cut-frame"), steps, 4);
}

static void a_flush_that_was_not_called_or_gave_up_did_not_return_so(void **state)
{
	(void)state;
	assert_null(strstr(said_by("cut-frame"), "flush() returned"));
	model_free(&run);
	producer->flush_calls = producer->flush_timeouts = 1;
	assert_null(strstr(said_by("cut-frame"), "flush() returned"));
}

static void where_the_process_ended_nobody_called_close(void **state)
{
	(void)state;
	socket_row->end = END_PROCESS;
	const char *text = said_by("cut-frame");

	assert_null(strstr(text, "close()"));
	assert_non_null(strstr(text, "the end of the process dropped"));
}

static void a_buffer_that_blocked_is_not_said_to_have_blocked_nothing(void **state)
{
	(void)state;
	socket_row->flags |= SOCKET_BLOCKING;
	assert_null(strstr(said_by("cut-frame"), "blocked nothing"));
}

static void with_acks_no_steps_are_said(void **state)
{
	(void)state;
	producer->acks = 1;
	assert_null(strstr(said_by("cut-frame"), "In order"));
}

static void slow(uint32_t flags)
{
	struct trace_stages *stages = maker_stages(&maker, producer);
	struct trace_large *large = &maker.large[0];

	producer->flags |= flags;
	stages->messages = stages->offered = 1;
	stages->bytes = stages->built_bytes = 10000000;
	stages->build_ns = 8 * MAKER_SECOND;
	stages->build_cpu_ns = 2 * MAKER_SECOND;
	maker.header->sections[SECTION_LARGE - 1].used = 1;
	*large = (struct trace_large){
		.state = 1,
		.bytes = 10000000,
		.began_ns = 101 * MAKER_SECOND,
		.offered_ns = 109 * MAKER_SECOND,
		.written_ns = 110 * MAKER_SECOND,
		.ended_ns = 112 * MAKER_SECOND,
		.end = COUNT_DELIVERED,
	};
}

static void a_slow_client_is_said_with_the_stages_of_its_slowest_message(void **state)
{
	static const char *const steps[] = {"2.00 s of the processor", "CRC-32C",
					    "8.00 s from send()", "1.00 s from that",
					    "2.00 s from that"};

	(void)state;
	slow(PRODUCER_SLOW_CHECKSUM);
	expect_order(said_by("client-slow"), steps, 5);
	assert_non_null(strstr(maker_finding(&run, "client-slow")->change, "install crc32c"));
}

/* It has the package: another thing is slow, and installing it again is no advice. */
static void who_has_a_fast_checksum_is_not_told_to_install_one(void **state)
{
	(void)state;
	slow(0);
	const char *text = said_by("client-slow");

	assert_null(strstr(text, "CRC"));
	assert_null(strstr(maker_finding(&run, "client-slow")->change, "install"));
	assert_null(strstr(maker_finding(&run, "client-slow")->fix, "install"));
}

/* The Java client compresses inside send(); where only the processor time of building is known,
 * as of librdkafka, that is enough. */
static void where_the_client_is_slow_decides_what_is_advised(void **state)
{
	(void)state;
	slow(0);
	producer->client = CLIENT_KAFKA_CLIENTS;
	struct trace_stages *stages = maker_stages(&maker, producer);

	stages->build_ns = stages->build_cpu_ns = stages->built_bytes = 0;
	stages->send_ns = stages->send_cpu_ns = 3 * MAKER_SECOND;
	assert_non_null(strstr(said_by("client-slow"), "inside send()"));
	assert_non_null(strstr(maker_finding(&run, "client-slow")->fix, "compression.type"));
	assert_int_equal(run.processes[0].producers[0].stages.build_cpu_ns, UNKNOWN);
	model_free(&run);
	producer->client = CLIENT_LIBRDKAFKA;
	stages->built_bytes = 10000000;
	stages->build_cpu_ns = 2 * MAKER_SECOND;
	stages->send_ns = stages->send_cpu_ns = 0;
	assert_non_null(strstr(said_by("client-slow"), "to encode"));
	assert_non_null(strstr(maker_finding(&run, "client-slow")->fix, "compression.type"));
	assert_int_equal(run.processes[0].producers[0].stages.build_ns, UNKNOWN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_steps_of_acks_0_are_said_in_order),
		TEST(a_flush_that_was_not_called_or_gave_up_did_not_return_so),
		TEST(where_the_process_ended_nobody_called_close),
		TEST(a_buffer_that_blocked_is_not_said_to_have_blocked_nothing),
		TEST(with_acks_no_steps_are_said),
		TEST(a_slow_client_is_said_with_the_stages_of_its_slowest_message),
		TEST(who_has_a_fast_checksum_is_not_told_to_install_one),
		TEST(where_the_client_is_slow_decides_what_is_advised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
