/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings_socket.c - what can be said about a connection.
 *
 * On a connection of a producer that counts its messages a loss is only said
 * when that producer has messages outstanding: else they were sent again.
 */
#include "findings.h"

#include "judge.h"
#include "wording.h"

/* A stall shorter than this is how TCP works. */
#define STALLED_WORTH_SAYING_NS 100000000

static const char *peer(const struct subject *at)
{
	return at->socket->broker ? at->socket->broker
	       : at->socket->peer ? at->socket->peer
				  : "an unknown peer";
}

/* Are there messages that may have gone down with this connection? */
static bool matters(const struct subject *at)
{
	const struct socket *socket = at->socket;

	if (at->process->how == ENDED_RUNNING)
		return false;
	if (judge_wire_only(socket))
		return socket->produce_open_requests > 0 ||
		       (socket->produce_unanswerable > 0 && socket->unsent_bytes > 0) ||
		       judge_cut_produce(socket);
	if (socket->producer == UNKNOWN)
		return socket->unsent_bytes > 0;
	const struct producer *producer = &at->process->producers[socket->producer];
	return producer->reset && (producer->tally.messages[OUTSTANDING] > 0 ||
				   producer->tally.messages[UNCONFIRMED] > 0);
}

bool when_cut_frame(const struct subject *at)
{
	const struct socket *socket = at->socket;

	if (!judge_cut_produce(socket))
		return false;
	return socket->producer == UNKNOWN ||
	       at->process->producers[socket->producer].tally.messages[OUTSTANDING] > 0;
}

void say_cut_frame(const struct subject *at, struct finding *finding)
{
	const struct socket *socket = at->socket;

	finding_evidence(finding, "length", socket->cut_length);
	finding_evidence(finding, "accepted", socket->cut_accepted);
	finding->text = model_format(at->run,
				     "A Produce request was cut off at byte %s of %s. The "
				     "connection to %s ended before "
				     "the rest was written.",
				     wording_number(at->run, socket->cut_accepted),
				     wording_number(at->run, socket->cut_length), peer(at));
}

static void evidence_end(const struct subject *at, struct finding *finding)
{
	finding_evidence(finding, "unsent_bytes", at->socket->unsent_bytes);
	finding_evidence(finding, "unread_bytes", at->socket->unread_bytes);
	/* Not Kafka: bytes were dropped, but no message is known to be. */
	if (!(at->socket->flags & SOCKET_KAFKA))
		finding->verdict = VERDICT_CLEAN;
}

bool when_reset_on_close(const struct subject *at)
{
	return at->socket->reset && !(at->socket->flags & SOCKET_LINGER_ZERO) && matters(at);
}

void say_reset_on_close(const struct subject *at, struct finding *finding)
{
	const struct socket *socket = at->socket;
	bool by_peer = socket->end == END_RESET || socket->flags & SOCKET_RESET;

	evidence_end(at, finding);
	if (by_peer)
		finding->text = model_format(
			at->run,
			"The connection to %s was reset by the peer; what was in flight on "
			"it is gone.",
			peer(at));
	else
		finding->text = model_format(
			at->run,
			"The connection to %s ended with %s unsent and %s unread: that is a "
			"reset, "
			"and what was unsent is gone.",
			peer(at), wording_count(at->run, socket->unsent_bytes, "byte"),
			wording_count(at->run, socket->unread_bytes, "byte"));
}

bool when_linger_zero(const struct subject *at)
{
	return at->socket->flags & SOCKET_LINGER_ZERO && at->socket->reset && matters(at);
}

void say_linger_zero(const struct subject *at, struct finding *finding)
{
	evidence_end(at, finding);
	finding->text = model_format(
		at->run,
		"The connection to %s was closed with SO_LINGER 0 while %s had not reached the "
		"peer: they were dropped.",
		peer(at), wording_count(at->run, at->socket->unsent_bytes, "byte"));
}

bool when_send_buffer_stall(const struct subject *at)
{
	return at->socket->stalls > 0 && at->socket->stalled_ns >= STALLED_WORTH_SAYING_NS;
}

void say_send_buffer_stall(const struct subject *at, struct finding *finding)
{
	const struct socket *socket = at->socket;
	const char *share = "";

	finding_evidence(finding, "stalls", socket->stalls);
	finding_evidence(finding, "stalled_ns", socket->stalled_ns);
	finding_evidence(finding, "longest_ns", socket->stall_longest_ns);
	finding_evidence(finding, "send_buffer", socket->buffer_effective);
	if (socket->lived_ns != UNKNOWN && socket->lived_ns > 0 &&
	    socket->stalled_ns <= socket->lived_ns)
		share = model_format(at->run, ", %.0f %% of the connection's life",
				     100 * (double)socket->stalled_ns /
					     (double)socket->lived_ns);
	finding->text = model_format(
		at->run,
		"Sending to %s stalled %s, %s in all%s; the longest took %s. The send buffer "
		"was "
		"%s%s.",
		peer(at), wording_count(at->run, socket->stalls, "time"),
		wording_time(at->run, socket->stalled_ns), share,
		wording_time(at->run, socket->stall_longest_ns),
		wording_size_exact(at->run, socket->buffer_effective),
		socket->flags & SOCKET_BUFFER_FIXED ? ", fixed by the program" : "");
}
