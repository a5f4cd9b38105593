/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client.c - stories of tools/judge/findings_client.c: time that the client
 * itself took.
 */
#include "judge/findings/story.h"

#define MEGABYTES_10 10000000

/* One large message, and the processor time of its client for it. */
static struct trace_stages *large(uint64_t build_cpu_ns, uint64_t send_cpu_ns)
{
	struct trace_stages *stages = maker_stages(&maker, producer);

	producer->client = CLIENT_KAFKA_PYTHON;
	stages->messages = 1;
	stages->bytes = stages->built_bytes = MEGABYTES_10;
	stages->build_ns = stages->build_cpu_ns = build_cpu_ns;
	stages->send_ns = stages->send_cpu_ns = send_cpu_ns;
	return stages;
}

static void it_sums_in_python(void)
{
	producer->flags |= PRODUCER_SLOW_CHECKSUM;
	large(2 * MAKER_SECOND, 30000000);
}

/* It has the package, and is slow all the same: 14 s of the clock for 0.1 s of the processor.
 */
static void its_machine_is_busy(void)
{
	large(100000000, 30000000)->build_ns = 14 * MAKER_SECOND;
}

static void it_compresses(void)
{
	large(60 * (uint64_t)MEGABYTES_10, 30000000);
}

static void its_serializer_is_slow(void)
{
	large(100000000, 2 * MAKER_SECOND);
}

/* Slow for each byte, and too little in all for anybody to notice. */
static void it_sums_little(void)
{
	struct trace_stages *stages = large(99000000, 0);

	producer->flags |= PRODUCER_SLOW_CHECKSUM;
	stages->bytes = stages->built_bytes = 400000;
}

/* On a machine that is three times as quick: another thing that takes as long is no fault. */
static void it_sums_quickly(void)
{
	producer->flags |= PRODUCER_SLOW_CHECKSUM;
	large(85 * (uint64_t)MEGABYTES_10, 0);
}

static void it_does_another_thing_quickly(void)
{
	large(85 * (uint64_t)MEGABYTES_10, 0);
}

static const struct story rows[] = {
	{"client-slow", VERDICT_CLEAN, story_delivered, it_sums_quickly,
	 it_does_another_thing_quickly},
	{"client-slow", VERDICT_CLEAN, story_delivered, it_sums_in_python, its_machine_is_busy},
	{"client-slow", VERDICT_CLEAN, story_delivered, it_sums_in_python, it_compresses},
	{"client-slow", VERDICT_CLEAN, story_delivered, it_sums_in_python, it_sums_little},
	{"client-slow", VERDICT_CLEAN, story_delivered, its_serializer_is_slow, it_compresses},
};

STORIES(client);
