/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_findings.c - every finding has a trace that raises it and a twin that does not.
 *
 * A row is a base (what both have in common), what raises the finding, and
 * the twin's difference. A row of findings.def without one here fails.
 */
#include "findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "trace_maker.h"

static struct maker maker;
static struct trace_producer *producer;

/* What the traces start from. */
static void outstanding(void)
{
	producer = maker_story(&maker, 1000, 400);
	maker_socket(&maker, 0);
}

static void outstanding_alone(void)
{
	producer = maker_story(&maker, 1000, 400);
}

static void delivered(void)
{
	producer = maker_story(&maker, 1000, 1000);
	maker_waited(producer, 1000);
}

static void wire_only(void)
{
	maker_socket(&maker, UINT32_MAX);
	maker.process->notes = NOTE_KAFKA_WIRE;
}

static void nothing(void)
{
}

/* What raises, or what tells the twin apart. */
static void as_it_is(void)
{
}

static void everything_arrives(void)
{
	maker_count(&maker.topics[1].counts, COUNT_DELIVERED, 600);
	maker_waited(producer, 1000);
}

static void all_in_flight(void)
{
	struct trace_socket *socket = &maker.sockets[0];

	producer->requests_sent = 1;
	socket->produce_requests = 1;
	socket->produce_records = 600;
}

static void flush_gives_up(void)
{
	producer->flush_calls = producer->flush_timeouts = 1;
	producer->flush_result = -185;
	producer->flush_waited_ns = 100000000;
	producer->flush_ended_ns = producer->produced_last_ns + 100000000;
}

static void destroyed(void)
{
	producer->state = PRODUCER_DESTROYED;
	producer->destroy_began_ns = 101 * MAKER_SECOND + 600;
	maker_count(&maker.topics[1].counts, COUNT_DROPPED, 600);
}

static void killed(void)
{
	maker.process->how = HOW_UNKNOWN;
	maker.process->observed = 1;
	maker.process->observed_status = SIGKILL;
	maker.process->observed_ns = 102 * MAKER_SECOND;
}

static void execs(void)
{
	maker.process->how = HOW_EXEC;
}

static void inherited(void)
{
	producer->flags |= PRODUCER_INHERITED;
}

static void transaction_begun(void)
{
	producer->flags |= PRODUCER_TRANSACTIONAL;
	producer->transactions_begun = 1;
}

static void transaction_committed(void)
{
	transaction_begun();
	producer->transactions_committed = 1;
}

static void ten_fail(void)
{
	maker_count(&maker.topics[1].counts, COUNT_FAILED, 10);
	maker_count(&maker.cells[0].counts, COUNT_SENT, 10);
	maker_waited(producer, 1010);
	producer->errors[0] = (struct trace_error){ .code = -192, .count = COUNT_FAILED,
						    .messages = 10 };
}

static void ten_fail_and_are_told(void)
{
	ten_fail();
	producer->flags |= PRODUCER_REPORTS;
	producer->reports_served_failed = 10;
}

static void ten_are_refused(void)
{
	maker_count(&maker.topics[0].counts, COUNT_REJECTED, 10);
}

static void ten_are_refused_and_retried(void)
{
	ten_are_refused();
	producer->rejected_retried = 10;
}

/* A hundred reports wait, in a queue that has room for so many messages. */
static void leaves_reports(const char *configuration)
{
	producer->flags |= PRODUCER_REPORTS;
	producer->reports_served = 900;
	producer->configuration = maker_string(&maker, configuration);
}

static void leaves_reports_in_a_small_queue(void)
{
	leaves_reports("queue.buffering.max.messages=150\n");
}

static void leaves_reports_in_a_large_queue(void)
{
	leaves_reports("queue.buffering.max.messages=100000\n");
}

static void ten_find_the_queue_full(void)
{
	ten_are_refused_and_retried();
	producer->errors[0] = (struct trace_error){ .code = -184, .count = COUNT_REJECTED,
						    .messages = 10 };
}

static void reports_wait_in_a_full_queue(void)
{
	leaves_reports("");
	ten_find_the_queue_full();
}

static void blocks_for_long(void)
{
	producer->blocked_ns = MAKER_SECOND;
}

static void acks0_all_off(void)
{
	struct trace_socket *socket = maker_socket(&maker, 0);

	maker_count(&maker.topics[1].counts, COUNT_UNCONFIRMED, 10);
	maker_count(&maker.cells[0].counts, COUNT_SENT, 10);
	maker_waited(producer, 1010);
	socket->produce_requests = socket->produce_unanswerable = 1;
}

static void acks0_in_the_queue(void)
{
	acks0_all_off();
	maker.sockets[0].unsent_bytes = 5000;
}

/* Killed: no sample at the end. What there is was taken while it ran. */
static struct trace_socket_more *acks0_killed(void)
{
	acks0_all_off();
	maker.sockets[0].unsent_bytes = maker.sockets[0].unread_bytes = TRACE_UNKNOWN;
	maker.sockets[0].written_last_ns = 101 * MAKER_SECOND;
	return maker_socket_more(&maker, &maker.sockets[0]);
}

static void acks0_killed_unsampled(void)
{
	acks0_killed();
}

static void acks0_killed_with_bytes_held(void)
{
	struct trace_socket_more *more = acks0_killed();

	more->queued_ns = 102 * MAKER_SECOND;
	more->queued_bytes = more->queued_held = 5000;
}

/* On their way, as far as the peer's window goes; and so is what was written since. */
static void acks0_killed_after_a_sample(void)
{
	struct trace_socket_more *more = acks0_killed();

	maker.sockets[0].accepted_bytes = 7000;
	more->queued_ns = 102 * MAKER_SECOND;
	more->queued_bytes = 5000;
	more->queued_accepted = 6000;
	more->queued_room = 1000;
}

static void acks0_killed_with_more_than_there_was_room_for(void)
{
	acks0_killed_after_a_sample();
	maker.sockets[0].accepted_bytes++;
}

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

/* Both layers saw ten requests with all that was delivered in them. */
static struct trace_socket *seen_on_the_wire(void)
{
	struct trace_socket *socket = maker_socket(&maker, 0);

	producer->requests_sent = producer->requests_answered = 10;
	socket->requests = socket->produce_requests = socket->produce_answered = 10;
	socket->produce_records = socket->produce_answered_records = 1000;
	return socket;
}

static void the_wire_agrees(void)
{
	seen_on_the_wire();
}

/* The write had come back, and the client did not get to say so. */
static void the_wire_is_one_ahead(void)
{
	seen_on_the_wire()->produce_requests++;
}

static void the_wire_saw_fewer_requests(void)
{
	seen_on_the_wire()->produce_requests--;
}

static void the_wire_saw_more_requests(void)
{
	seen_on_the_wire()->produce_requests += 2;
}

static void the_wire_saw_fewer_records(void)
{
	seen_on_the_wire()->produce_answered_records--;
}

static void the_wire_was_encrypted(void)
{
	struct trace_socket *socket = seen_on_the_wire();

	socket->flags |= SOCKET_TLS;
	socket->produce_requests = socket->produce_answered_records = 0;
}

static void the_wire_was_lost(void)
{
	seen_on_the_wire()->flags |= SOCKET_WIRE_LOST;
	maker.sockets[0].produce_requests = 3;
}

/* So many at once that the decoder did not keep what each of them carried. */
static void the_wire_forgot_what_was_answered(void)
{
	the_wire_saw_fewer_records();
	maker.sockets[0].uncounted_answers = 1;
}

static void there_was_no_wire(void)
{
	producer->requests_sent = producer->requests_answered = 10;
}

/* A connection that is nobody's may be the missing one. */
static void the_wire_has_a_connection_of_nobody(void)
{
	the_wire_saw_fewer_requests();
	struct trace_socket *socket = maker_socket(&maker, UINT32_MAX - 1);

	socket->produce_requests = socket->produce_answered = 1;
}

static void never_waited(void)
{
	producer->waited_for = 0;
}

static void nobody_saw_whether_it_waited(void)
{
	never_waited();
	producer->flags |= PRODUCER_WAITS_UNSEEN;
}

static void ten_are_purged(void)
{
	maker_count(&maker.topics[1].counts, COUNT_PURGED, 10);
	maker_count(&maker.cells[0].counts, COUNT_SENT, 10);
	maker_waited(producer, 1010);
}

static void a_frame_is_cut(void)
{
	maker.sockets[0].frame_bytes = 5243016;
	maker.sockets[0].frame_at = 324596;
}

static void a_frame_is_left(void)
{
	a_frame_is_cut();
	maker.sockets[0].flags |= SOCKET_SHARED;
}

static void a_frame_of_metadata_is_cut(void)
{
	a_frame_is_cut();
	maker.sockets[0].frame_api = 3;
}

static void unsent_and_unread(void)
{
	all_in_flight();
	maker.sockets[0].unsent_bytes = 4096;
	maker.sockets[0].unread_bytes = 40;
}

static void unsent_and_unread_shared(void)
{
	unsent_and_unread();
	maker.sockets[0].flags |= SOCKET_SHARED;
}

static void unsent_only(void)
{
	all_in_flight();
	maker.sockets[0].unsent_bytes = 4096;
}

static void lingers_zero_with_unsent(void)
{
	unsent_only();
	maker.sockets[0].flags |= SOCKET_LINGER_ZERO;
}

static void lingers_zero_with_nothing_left(void)
{
	maker.sockets[0].flags |= SOCKET_LINGER_ZERO;
}

static void stalls(int64_t total_ns)
{
	struct trace_socket *socket = maker_socket(&maker, 0);

	socket->stalls = 2;
	socket->stalled_ns = (uint64_t)total_ns;
	socket->stall_longest_ns = (uint64_t)total_ns / 2;
}

static void stalls_for_long(void)
{
	stalls(MAKER_SECOND / 2);
}

static void stalls_for_a_moment(void)
{
	stalls(MAKER_SECOND / 100);
}

static void stalls_by_the_buffer(void)
{
	stalls_for_long();
	maker.sockets[0].stalled_send_buffer_ns = MAKER_SECOND / 2;
	maker.sockets[0].rtt_us = 20000;
	maker.sockets[0].flight_bytes = 66000;
}

static void stalls_by_the_receiver(void)
{
	stalls_for_long();
	maker.sockets[0].stalled_receiver_ns = MAKER_SECOND / 2;
}

static void stalls_by_the_network(void)
{
	stalls_for_long();
	maker.sockets[0].stalled_network_ns = MAKER_SECOND / 2;
}

/* Killed inside a blocking write that followed a short stall. */
static void dies_in_a_write_to_the_receiver(void)
{
	stalls_for_a_moment();
	maker.sockets[0].stalled_receiver_ns = MAKER_SECOND / 100;
	maker.sockets[0].write_began_ns = maker.process->end_ns - MAKER_SECOND / 2;
}

static void dies_in_a_write_that_has_just_begun(void)
{
	dies_in_a_write_to_the_receiver();
	maker.sockets[0].write_began_ns = maker.process->end_ns - 1000;
}

static void asks_for(int32_t bytes)
{
	maker_socket(&maker, 0);
	maker.sockets[0].flags |= SOCKET_BUFFER_FIXED;
	maker.sockets[0].buffer_requested = bytes;
	maker.sockets[0].buffer_effective = 425984;
}

static void asks_for_5_mb(void)
{
	asks_for(5 << 20);
}

static void asks_for_what_it_gets(void)
{
	asks_for(212992);
}

static void a_fixed_buffer_stalls(void)
{
	stalls_by_the_buffer();
	maker.sockets[0].flags |= SOCKET_BUFFER_FIXED;
	maker.sockets[0].buffer_effective = 65536;
	maker.process->tcp_wmem_max = 4 << 20;
}

static void a_fixed_buffer_of_the_largest_size_stalls(void)
{
	a_fixed_buffer_stalls();
	maker.sockets[0].buffer_effective = 4 << 20;
}

static void spins(uint64_t times)
{
	maker_socket(&maker, 0);
	maker.sockets[0].eagain = 1000;
	maker.sockets[0].eagain_spins = times;
}

static void spins_often(void)
{
	spins(900);
}

static void spins_once(void)
{
	spins(1);
}

static void nagle_waits(uint32_t times)
{
	maker_socket(&maker, 0);
	maker.sockets[0].nagle_waits = times;
}

static void nagle_waits_often(void)
{
	nagle_waits(20);
}

static void nagle_waits_once(void)
{
	nagle_waits(1);
}

static struct trace_socket_more *consequences(void)
{
	struct trace_socket *socket = maker_socket(&maker, 0);

	maker.header->compatible |= TRACE_HAS_CONSEQUENCES;
	socket->accepted_bytes = 7000;
	socket->unsent_bytes = 5000;
	socket->send_timeout_ms = socket->user_timeout_ms = 300;
	socket->notsent_lowat = 16384;
	return maker_socket_more(&maker, socket);
}

static void a_send_times_out(void)
{
	struct trace_socket_more *more = consequences();

	more->send_timeouts = 1;
	more->send_timeout_bytes = 5000;
	more->flags = SOCKET_SEND_GAVE_UP;
}

static void settings_lead_to_nothing(void)
{
	consequences();
}

static void tcp_gives_up(void)
{
	consequences()->error = ETIMEDOUT;
}

static void tcp_is_given_up_by_the_peer(void)
{
	consequences()->error = ECONNRESET;
}

static void tcp_gives_up_with_messages(void)
{
	tcp_gives_up();
	maker.sockets[0].produce_requests = 1;
	maker.sockets[0].produce_records = 600;
}

/* Nothing of it had to be acknowledged any more. */
static void tcp_gives_up_with_nothing_left(void)
{
	tcp_gives_up_with_messages();
	maker.sockets[0].unsent_bytes = 0;
}

static void corks(uint32_t times)
{
	struct trace_socket_more *more = consequences();

	more->cork_waits = times;
	more->cork_held_ms = 200 * times;
}

static void a_cork_holds(void)
{
	corks(4);
}

static void stalls_by_the_low_water_mark(void)
{
	struct trace_socket_more *more = consequences();

	maker.sockets[0].stalls = 2;
	maker.sockets[0].stalled_ns = MAKER_SECOND / 2;
	more->stalled_lowat_ns = MAKER_SECOND / 2;
}

/* An older trace: what lies there is no count. */
static void the_bytes_were_spare(void)
{
	stalls_by_the_low_water_mark();
	maker.header->compatible = 0;
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

static void many_events(void)
{
	for (int i = 0; i < 2000; i++)
		maker_event(&maker, EVENT_WRITE, 101 * MAKER_SECOND, i);
}

static void few_events(void)
{
	maker_event(&maker, EVENT_WRITE, 101 * MAKER_SECOND, 0);
}

static const struct story {
	const char *id;
	enum verdict verdict;
	void (*base)(void);
	void (*raised)(void);
	void (*twin)(void);
} stories[] = {
	{ "missing-flush", VERDICT_LOST, outstanding, as_it_is, everything_arrives },
	{ "exit-in-flight", VERDICT_AT_RISK, outstanding, all_in_flight, everything_arrives },
	{ "flush-timeout", VERDICT_LOST, outstanding, flush_gives_up, as_it_is },
	{ "destroy-without-flush", VERDICT_LOST, outstanding, destroyed, everything_arrives },
	{ "killed-in-flight", VERDICT_LOST, outstanding, killed, as_it_is },
	{ "exec-in-flight", VERDICT_LOST, outstanding, execs, as_it_is },
	{ "produced-after-fork", VERDICT_LOST, outstanding, inherited, as_it_is },
	{ "open-transaction", VERDICT_LOST, delivered, transaction_begun, transaction_committed },
	{ "failed-unseen", VERDICT_LOST, delivered, ten_fail, ten_fail_and_are_told },
	{ "delivery-failed", VERDICT_CLEAN, delivered, ten_fail_and_are_told, ten_fail },
	{ "rejected-not-retried", VERDICT_AT_RISK, delivered, ten_are_refused,
	  ten_are_refused_and_retried },
	{ "poll-missing", VERDICT_CLEAN, delivered, leaves_reports_in_a_small_queue,
	  leaves_reports_in_a_large_queue },
	{ "poll-missing", VERDICT_CLEAN, delivered, reports_wait_in_a_full_queue,
	  ten_find_the_queue_full },
	{ "queue-filling", VERDICT_CLEAN, delivered, ten_find_the_queue_full,
	  ten_are_refused_and_retried },
	{ "queue-filling", VERDICT_CLEAN, delivered, blocks_for_long,
	  reports_wait_in_a_full_queue },
	{ "acks0-unsent", VERDICT_AT_RISK, delivered, acks0_in_the_queue, acks0_all_off },
	{ "acks0-unsent", VERDICT_AT_RISK, delivered, acks0_killed_unsampled,
	  acks0_killed_after_a_sample },
	{ "acks0-unsent", VERDICT_AT_RISK, delivered, acks0_killed_with_bytes_held,
	  acks0_killed_after_a_sample },
	{ "acks0-unsent", VERDICT_AT_RISK, delivered,
	  acks0_killed_with_more_than_there_was_room_for, acks0_killed_after_a_sample },
	{ "io-uring-unseen", VERDICT_BLIND, delivered, a_ring_sends, a_ring_for_files },
	{ "io-uring-unseen", VERDICT_BLIND, delivered, a_ring_may_have_sent, a_ring_for_files },
	{ "layers-disagree", VERDICT_CLEAN, delivered, the_wire_saw_fewer_requests,
	  the_wire_agrees },
	{ "layers-disagree", VERDICT_CLEAN, delivered, the_wire_saw_more_requests,
	  the_wire_is_one_ahead },
	{ "layers-disagree", VERDICT_CLEAN, delivered, the_wire_saw_fewer_records,
	  the_wire_was_encrypted },
	{ "layers-disagree", VERDICT_CLEAN, delivered, the_wire_saw_fewer_records,
	  the_wire_was_lost },
	{ "layers-disagree", VERDICT_CLEAN, delivered, the_wire_saw_fewer_records,
	  the_wire_forgot_what_was_answered },
	{ "layers-disagree", VERDICT_CLEAN, delivered, the_wire_saw_fewer_requests,
	  there_was_no_wire },
	{ "layers-disagree", VERDICT_CLEAN, delivered, the_wire_saw_fewer_requests,
	  the_wire_has_a_connection_of_nobody },
	{ "racy-exit", VERDICT_RACY, delivered, never_waited, as_it_is },
	{ "waits-unseen", VERDICT_BLIND, delivered, nobody_saw_whether_it_waited, never_waited },
	{ "purged", VERDICT_CLEAN, delivered, ten_are_purged, as_it_is },
	{ "cut-frame", VERDICT_LOST, wire_only, a_frame_is_cut, a_frame_of_metadata_is_cut },
	{ "cut-frame", VERDICT_LOST, outstanding, a_frame_is_cut, everything_arrives },
	{ "left-to-another", VERDICT_AT_RISK, wire_only, a_frame_is_left, a_frame_is_cut },
	{ "left-to-another", VERDICT_AT_RISK, outstanding, a_frame_is_left, everything_arrives },
	{ "reset-on-close", VERDICT_LOST, outstanding, unsent_and_unread, unsent_and_unread_shared },
	{ "reset-on-close", VERDICT_LOST, outstanding, unsent_and_unread, unsent_only },
	{ "linger-zero", VERDICT_LOST, outstanding, lingers_zero_with_unsent,
	  lingers_zero_with_nothing_left },
	{ "send-buffer-stall", VERDICT_CLEAN, delivered, stalls_for_long, stalls_for_a_moment },
	{ "send-buffer-stall", VERDICT_CLEAN, delivered, stalls_by_the_buffer,
	  stalls_by_the_network },
	{ "receiver-stall", VERDICT_CLEAN, delivered, stalls_by_the_receiver,
	  stalls_by_the_buffer },
	{ "receiver-stall", VERDICT_CLEAN, delivered, dies_in_a_write_to_the_receiver,
	  dies_in_a_write_that_has_just_begun },
	{ "network-stall", VERDICT_CLEAN, delivered, stalls_by_the_network,
	  stalls_by_the_receiver },
	{ "send-buffer-capped", VERDICT_CLEAN, delivered, asks_for_5_mb, asks_for_what_it_gets },
	{ "autotuning-off", VERDICT_CLEAN, delivered, a_fixed_buffer_stalls,
	  a_fixed_buffer_of_the_largest_size_stalls },
	{ "eagain-spin", VERDICT_CLEAN, delivered, spins_often, spins_once },
	{ "nagle-delay", VERDICT_CLEAN, delivered, nagle_waits_often, nagle_waits_once },
	{ "send-timeout", VERDICT_CLEAN, delivered, a_send_times_out, settings_lead_to_nothing },
	{ "connection-timed-out", VERDICT_CLEAN, delivered, tcp_gives_up,
	  tcp_is_given_up_by_the_peer },
	{ "connection-timed-out", VERDICT_LOST, outstanding_alone, tcp_gives_up_with_messages,
	  tcp_gives_up_with_nothing_left },
	{ "cork-delay", VERDICT_CLEAN, delivered, a_cork_holds, settings_lead_to_nothing },
	{ "notsent-lowat-stall", VERDICT_CLEAN, delivered, stalls_by_the_low_water_mark,
	  settings_lead_to_nothing },
	{ "notsent-lowat-stall", VERDICT_CLEAN, delivered, stalls_by_the_low_water_mark,
	  the_bytes_were_spare },
	{ "trace-damaged", VERDICT_BLIND, delivered, a_section_is_damaged, as_it_is },
	{ "recording-stopped", VERDICT_BLIND, delivered, falls_silent, as_it_is },
	{ "counters-full", VERDICT_BLIND, delivered, sends_unseen, as_it_is },
	{ "nothing-seen", VERDICT_BLIND, nothing, as_it_is, sees_librdkafka },
	{ "nothing-seen", VERDICT_BLIND, wire_only, as_it_is, sees_librdkafka },
	{ "librdkafka-static", VERDICT_BLIND, nothing, is_static, as_it_is },
	{ "events-dropped", VERDICT_CLEAN, delivered, many_events, few_events },
};

/* These need more than a trace: test_report.c raises them, and their twins not. */
static const char *const elsewhere[] = { "shim-not-loaded", "still-running" };

static void tell(const struct story *story, bool raised, struct run *run)
{
	maker_make(&maker);
	story->base();
	raised ? story->raised() : story->twin();
	maker_run(&maker, run);
}

static void every_finding_is_raised_and_its_twin_is_not(void **state)
{
	struct run run;

	(void)state;
	for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
		const struct story *story = &stories[i];

		tell(story, true, &run);
		const struct finding *finding = maker_finding(&run, story->id);
		if (!finding)
			fail_msg("%s (story %zu) is not raised", story->id, i);
		if (finding->verdict != story->verdict)
			fail_msg("%s (story %zu) is %s", story->id, i,
				 verdict_name(finding->verdict));
		assert_true(run.verdict >= finding->verdict);
		model_free(&run);
		maker_free(&maker);

		tell(story, false, &run);
		if (maker_finding(&run, story->id))
			fail_msg("%s (story %zu) is raised by its twin", story->id, i);
		model_free(&run);
		maker_free(&maker);
	}
}

/* A verdict that nothing explains helps nobody; nor two stories of one loss. */
static void every_verdict_has_a_finding_of_its_kind(void **state)
{
	struct run run;

	(void)state;
	for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
		for (int raised = 0; raised < 2; raised++) {
			tell(&stories[i], raised, &run);
			const struct process *process = &run.processes[0];
			if (process->verdict != VERDICT_CLEAN &&
			    (!process->finding_count ||
			     process->findings[0].verdict != process->verdict))
				fail_msg("story %zu (%s): %s without a finding", i, stories[i].id,
					 verdict_name(process->verdict));
			model_free(&run);
			maker_free(&maker);
		}
	}
}

static void every_row_has_a_story_a_text_and_a_short_change(void **state)
{
	static const struct {
		const char *id, *change, *fix;
	} rows[] = {
#define FINDING(name, word, judged, about, short_fix, long_fix) { word, short_fix, long_fix },
#include "findings.def"
#undef FINDING
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool told = false;

		for (size_t j = 0; j < sizeof stories / sizeof *stories; j++)
			told |= !strcmp(stories[j].id, rows[i].id);
		for (size_t j = 0; j < sizeof elsewhere / sizeof *elsewhere; j++)
			told |= !strcmp(elsewhere[j], rows[i].id);
		if (!told)
			fail_msg("%s has no story", rows[i].id);
		if (strlen(rows[i].change) > 71)
			fail_msg("the change of %s does not fit a line", rows[i].id);
		assert_true(strlen(rows[i].fix) > 20);
	}
}

static void the_text_has_the_numbers_and_the_end(void **state)
{
	struct run run;

	(void)state;
	tell(&stories[0], true, &run);
	const char *text = maker_finding(&run, "missing-flush")->text;
	assert_non_null(strstr(text, "600 of 1,000 messages, 5.9 KiB (6,000 bytes),"));
	assert_non_null(strstr(text, "exit()"));
	assert_non_null(strstr(text, "it never called flush"));
	model_free(&run);
	maker_free(&maker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_finding_is_raised_and_its_twin_is_not),
		cmocka_unit_test(every_verdict_has_a_finding_of_its_kind),
		cmocka_unit_test(every_row_has_a_story_a_text_and_a_short_change),
		cmocka_unit_test(the_text_has_the_numbers_and_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
