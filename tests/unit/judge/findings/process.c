/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process.c - stories of tools/judge/findings_process.c: why a whole process
 * cannot be judged.
 */
#include "judge/findings/story.h"

/* There is a ring; what it was used for, the twin says. */
static struct trace_socket_more *a_ring(void)
{
	struct trace_socket *socket = maker_socket(&maker, UINT32_MAX - 1);

	maker.process->notes |= NOTE_IO_URING;
	socket->flags = 0;
	return maker_socket_more(&maker, socket);
}

static void a_ring_sends(void)
{
	a_ring()->unseen_bytes = 4096;
}

static void a_ring_may_have_sent(void)
{
	a_ring();
}

static void a_ring_for_files(void)
{
	a_ring()->unseen_bytes = 0;
}

static void a_section_is_damaged(void)
{
	maker.header->sections[SECTION_TOPIC - 1].row_bytes = 1;
}

static void falls_silent(void)
{
	maker.process->silent_reason = maker_string(&maker, "no space left on the device");
}

static void sends_unseen(void)
{
	maker.process->sends_unseen = 5;
}

static void sees_librdkafka(void)
{
	maker_waited(maker_story(&maker, 10, 10), 10);
}

static void is_static(void)
{
	maker.process->notes |= NOTE_LIBRDKAFKA_STATIC;
}

/* Its ten messages, and one more that it has not taken. */
static void a_java_send_waits(void)
{
	struct trace_producer *java = maker_story(&maker, 10, 10);

	maker_waited(java, 10);
	java->client = CLIENT_KAFKA_CLIENTS;
	maker.threads[0].offered = 8;
	maker.process->offered = 3;
}

static void a_java_send_was_refused(void)
{
	a_java_send_waits();
	maker_count(&maker.topics[0].counts, COUNT_REJECTED, 1);
	maker.producers[0].rejected_retried = 1;
}

static void produce_waits_for_room(void)
{
	maker.process->blocking_began = 5;
	maker.process->blocking_ended = 4;
}

static void produce_has_waited_for_room(void)
{
	maker.process->blocking_began = maker.process->blocking_ended = 5;
}

static void meets_the_client_late(void)
{
	maker.process->notes |= NOTE_PROBE_JVM | NOTE_JVM_LATE;
}

static void meets_the_client(void)
{
	maker.process->notes |= NOTE_PROBE_JVM;
}

static void many_events(void)
{
	for (int i = 0; i < 2000; i++)
		maker_event(&maker, EVENT_WRITE, 101 * MAKER_SECOND, i);
}

static void few_events(void)
{
	maker_event(&maker, EVENT_WRITE, 101 * MAKER_SECOND, 0);
}

static const struct story rows[] = {
	{"io-uring-unseen", VERDICT_BLIND, story_delivered, a_ring_sends, a_ring_for_files},
	{"io-uring-unseen", VERDICT_BLIND, story_delivered, a_ring_may_have_sent,
	 a_ring_for_files},
	{"trace-damaged", VERDICT_BLIND, story_delivered, a_section_is_damaged, story_as_it_is},
	{"recording-stopped", VERDICT_BLIND, story_delivered, falls_silent, story_as_it_is},
	{"counters-full", VERDICT_BLIND, story_delivered, sends_unseen, story_as_it_is},
	{"nothing-seen", VERDICT_BLIND, story_nothing, story_as_it_is, sees_librdkafka},
	{"nothing-seen", VERDICT_BLIND, story_wire_only, story_as_it_is, sees_librdkafka},
	{"nothing-seen", VERDICT_BLIND, story_delivered, meets_the_client_late,
	 meets_the_client},
	{"librdkafka-static", VERDICT_BLIND, story_nothing, is_static, story_as_it_is},
	{"ended-in-send", VERDICT_AT_RISK, story_nothing, a_java_send_waits,
	 a_java_send_was_refused},
	{"ended-in-send", VERDICT_AT_RISK, story_delivered, produce_waits_for_room,
	 produce_has_waited_for_room},
	{"events-dropped", VERDICT_CLEAN, story_delivered, many_events, few_events},
};

STORIES(process);
