/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message.c - stories of tools/judge/findings_message.c: messages that ended in
 * another way than by delivery.
 */
#include "judge/findings/story.h"

static void ten_fail(void)
{
	maker_count(&maker.topics[1].counts, COUNT_FAILED, 10);
	maker_count(&maker.cells[0].counts, COUNT_SENT, 10);
	maker_waited(producer, 1010);
	producer->errors[0] =
		(struct trace_error){.code = -192, .count = COUNT_FAILED, .messages = 10};
}

static void ten_fail_and_are_told(void)
{
	ten_fail();
	producer->flags |= PRODUCER_REPORTS;
	producer->reports_served_failed = 10;
}

static void acks0_all_off(void)
{
	struct trace_socket *socket = maker_socket(&maker, 0);

	maker_count(&maker.topics[1].counts, COUNT_UNCONFIRMED, 10);
	maker_count(&maker.cells[0].counts, COUNT_SENT, 10);
	maker_waited(producer, 1010);
	producer->acks = 0;
	socket->produce_requests = socket->produce_unanswerable = 1;
}

static void acks0_in_the_queue(void)
{
	acks0_all_off();
	maker.sockets[0].unsent_bytes = 5000;
}

/* A Metadata request, say, was written before; its answer had not come. */
static void acks0_behind_a_request(void)
{
	acks0_all_off();
	maker.sockets[0].requests = 2;
	maker.sockets[0].flags |= SOCKET_BEHIND;
}

/* The same, written after it. */
static void acks0_before_a_request(void)
{
	acks0_all_off();
	maker.sockets[0].requests = 2;
	maker.sockets[0].unread_bytes = 40;
}

/* Over TLS requests cannot be seen; what is unread may be the server's session tickets. */
static void acks0_over_tls(uint32_t unread_bytes)
{
	acks0_all_off();
	producer->acks = 0;
	maker.sockets[0].flags |= SOCKET_TLS;
	maker.sockets[0].requests = maker.sockets[0].produce_requests =
		maker.sockets[0].produce_unanswerable = 0;
	maker.sockets[0].state = SOCKET_CLOSED;
	maker.sockets[0].end = END_CLOSE;
	maker.sockets[0].closed_ns = 103 * MAKER_SECOND;
	maker.sockets[0].unread_bytes = (int32_t)unread_bytes;
}

static void acks0_over_tls_closed_unread(void)
{
	acks0_over_tls(1522);
}

static void acks0_over_tls_closed(void)
{
	acks0_over_tls(0);
}

/* By a peer that answers acks=0. */
static void acks0_answered(uint64_t responses)
{
	acks0_all_off();
	maker.sockets[0].requests = maker.sockets[0].produce_requests =
		maker.sockets[0].produce_unanswerable = 5;
	maker.sockets[0].responses = responses;
	maker.sockets[0].uncounted_answers = (uint32_t)responses;
}

static void acks0_answered_in_part(void)
{
	acks0_answered(4);
}

static void acks0_answered_wholly(void)
{
	acks0_answered(5);
}

static void acks0_answered_unread(void)
{
	acks0_answered(0);
	maker.sockets[0].unread_bytes = 40;
}

/* On a connection that was given up: another one was used after it. */
static void acks0_on_an_earlier_connection(int32_t unsent_bytes, enum trace_socket_end end)
{
	acks0_all_off();
	maker.sockets[0].state = SOCKET_CLOSED;
	maker.sockets[0].end = end;
	maker.sockets[0].closed_ns = 102 * MAKER_SECOND;
	maker.sockets[0].unsent_bytes = unsent_bytes;
	maker_socket(&maker, 0)->produce_last_ns = 103 * MAKER_SECOND;
}

static void acks0_closed_with_bytes_held(void)
{
	acks0_on_an_earlier_connection(5000, END_CLOSE);
}

static void acks0_reset_before_another(void)
{
	acks0_on_an_earlier_connection(0, END_RESET);
}

static void acks0_closed_before_another(void)
{
	acks0_on_an_earlier_connection(0, END_CLOSE);
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

static void acks0_killed_with_answers_unread(void)
{
	acks0_killed_after_a_sample();
	maker.sockets[0].accepted_bytes = 6000;
	maker.sockets_more[0].queued_room = QUEUED_UNREAD;
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

/* A connection without a known producer may be the missing one. */
static void the_wire_has_a_connection_of_nobody(void)
{
	the_wire_saw_fewer_requests();
	struct trace_socket *socket = maker_socket(&maker, UINT32_MAX - 1);

	socket->produce_requests = socket->produce_answered = 1;
}

static void ten_are_purged(void)
{
	maker_count(&maker.topics[1].counts, COUNT_PURGED, 10);
	maker_count(&maker.cells[0].counts, COUNT_SENT, 10);
	maker_waited(producer, 1010);
}

static struct trace_producer_more *ten_are_purged_and_told(uint64_t told)
{
	struct trace_producer_more *more;

	ten_are_purged();
	more = maker_producer_more(&maker, producer);
	more->purged_told = told;
	more->purges_wrapper = 1;
	return more;
}

static void a_wrapper_drops_ten(void)
{
	ten_are_purged_and_told(0);
}

static void a_wrapper_drops_ten_and_tells(void)
{
	ten_are_purged_and_told(10);
}

static void ten_are_purged_after_a_wait_gave_up(void)
{
	struct trace_producer_more *more = ten_are_purged_and_told(0);

	more->purges_wrapper = 0;
	more->purges_late = 1;
}

static void a_binding_is_told_of_ten(void)
{
	ten_fail();
	maker_producer_more(&maker, producer)->failed_told_binding = 10;
}

static void the_leader_alone_acknowledged(void)
{
	producer->acks = 1;
}

static void the_leader_alone_was_asked_and_did_not_answer(void)
{
	producer->acks = 1;
	maker.topics[1].counts.messages[COUNT_DELIVERED] = 0;
	maker.cells[0].counts.messages[COUNT_DELIVERED] = 0;
}

static const struct story rows[] = {
	{"leader-alone", VERDICT_CLEAN, story_delivered, the_leader_alone_acknowledged,
	 story_as_it_is},
	{"leader-alone", VERDICT_CLEAN, story_delivered, the_leader_alone_acknowledged,
	 the_leader_alone_was_asked_and_did_not_answer},
	{"failed-unseen", VERDICT_LOST, story_delivered, ten_fail, ten_fail_and_are_told},
	{"failed-unseen", VERDICT_AT_RISK, story_delivered, a_binding_is_told_of_ten,
	 ten_fail_and_are_told},
	{"delivery-failed", VERDICT_FAILED, story_delivered, ten_fail_and_are_told, ten_fail},
	{"acks0-unsent", VERDICT_AT_RISK, story_delivered, acks0_in_the_queue, acks0_all_off},
	{"acks0-unsent", VERDICT_AT_RISK, story_delivered, acks0_killed_unsampled,
	 acks0_killed_after_a_sample},
	{"acks0-unsent", VERDICT_AT_RISK, story_delivered, acks0_killed_with_bytes_held,
	 acks0_killed_after_a_sample},
	{"acks0-unsent", VERDICT_AT_RISK, story_delivered,
	 acks0_killed_with_more_than_there_was_room_for, acks0_killed_after_a_sample},
	{"acks0-unsent", VERDICT_AT_RISK, story_delivered, acks0_killed_with_answers_unread,
	 acks0_killed_after_a_sample},
	{"acks0-unsent", VERDICT_AT_RISK, story_delivered, acks0_behind_a_request,
	 acks0_before_a_request},
	{"acks0-unsent", VERDICT_AT_RISK, story_delivered, acks0_over_tls_closed_unread,
	 acks0_over_tls_closed},
	{"acks0-unsent", VERDICT_AT_RISK, story_delivered, acks0_answered_in_part,
	 acks0_answered_wholly},
	{"acks0-unsent", VERDICT_AT_RISK, story_delivered, acks0_answered_unread,
	 acks0_answered_wholly},
	{"acks0-unsent", VERDICT_AT_RISK, story_delivered, acks0_closed_with_bytes_held,
	 acks0_closed_before_another},
	{"acks0-unsent", VERDICT_AT_RISK, story_delivered, acks0_reset_before_another,
	 acks0_closed_before_another},
	{"layers-disagree", VERDICT_CLEAN, story_delivered, the_wire_saw_fewer_requests,
	 the_wire_agrees},
	{"layers-disagree", VERDICT_CLEAN, story_delivered, the_wire_saw_more_requests,
	 the_wire_is_one_ahead},
	{"layers-disagree", VERDICT_CLEAN, story_delivered, the_wire_saw_fewer_records,
	 the_wire_was_encrypted},
	{"layers-disagree", VERDICT_CLEAN, story_delivered, the_wire_saw_fewer_records,
	 the_wire_was_lost},
	{"layers-disagree", VERDICT_CLEAN, story_delivered, the_wire_saw_fewer_records,
	 the_wire_forgot_what_was_answered},
	{"layers-disagree", VERDICT_CLEAN, story_delivered, the_wire_saw_fewer_requests,
	 there_was_no_wire},
	{"layers-disagree", VERDICT_CLEAN, story_delivered, the_wire_saw_fewer_requests,
	 the_wire_has_a_connection_of_nobody},
	{"purged", VERDICT_FAILED, story_delivered, ten_are_purged, story_as_it_is},
	{"purged", VERDICT_LOST, story_delivered, ten_are_purged_after_a_wait_gave_up,
	 a_wrapper_drops_ten},
	{"dropped-by-wrapper", VERDICT_LOST, story_delivered, a_wrapper_drops_ten,
	 a_wrapper_drops_ten_and_tells},
};

STORIES(message);
