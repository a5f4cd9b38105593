/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings_socket.c - findings about a connection.
 *
 * If the messages of the connection's producer are counted, a loss is reported
 * only when that has messages outstanding: otherwise they were sent again.
 */
#include "judge/findings.h"

#include "judge/judge.h"
#include "model/words.h"

static const char *peer(const struct subject *at)
{
	return finding_peer(at->socket);
}

bool when_cut_frame(const struct subject *at)
{
	const struct socket *socket = at->socket;

	if (!judge_cut_produce(socket))
		return false;
	return socket->producer == UNKNOWN ||
	       at->process->producers[socket->producer].tally.messages[OUTSTANDING] > 0;
}

#define CUT                                                                                    \
	"The connection ended in the middle of a Produce request, so the broker threw away "   \
	"what it had of it. "

/* Replaces the usual advice where the program did that already. */
static void advise_of_cut(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = finding_producer(at);

	if (finding_is_cut_off(at))
		finding_defers(finding);
	else if (!producer)
		return;
	else if (finding_has_waited(producer) && finding_has_acks(producer))
		finding_advises(finding, "give the wait for the answers the time it needs",
				CUT "The program had begun to wait: its wait ended before the "
				    "request was written. Give it a timeout long enough for "
				    "the largest message, and check its result.");
	else if (finding_has_waited(producer))
		finding_advises(
			finding, "use acks=1 or all: with acks=0 no wait is for the broker",
			CUT "The program had waited, but with acks=0 the client counts a "
			    "message as done before the broker has it. Use acks=1 or all, "
			    "and check every send's result.");
	else if (finding_has_acks(producer))
		finding_advises(finding,
				"flush or close the producer at the end, with a timeout",
				CUT "Check every send's result, and close the producer with a "
				    "timeout long enough for the largest message.");
}

/* "close() dropped" */
static const char *dropped_by(const struct socket *socket)
{
	switch (socket->end) {
	case END_CLOSE:
		return "close() dropped";
	case END_RESET:
		return "a reset dropped";
	default:
		return "the end of the process dropped";
	}
}

/* All of its flushes returned success. */
static bool flushes_came_back(const struct producer *producer)
{
	return producer->flush_calls > 0 && producer->flush_timeouts <= 0 &&
	       producer->flush_left <= 0 && !producer->in_flush;
}

/*
 * With acks=0 no call returns an error, and each step looks right: so the text lists all of
 * them in order. A blocking socket takes all bytes that it is offered; a non-blocking one takes
 * as many as the buffer has room for, and blocks no thread.
 */
static const char *steps_words(const struct subject *at)
{
	const struct producer *producer = finding_producer(at);
	const struct socket *socket = at->socket;

	if (!producer || producer->acks != 0 || socket->cut_length == UNKNOWN)
		return "";
	return model_format(
		at->run,
		" In order: send() took %s of the request's bytes and returned; %s%s the other "
		"%s.%s",
		words_number(at->run, socket->cut_accepted),
		flushes_came_back(producer) ? "flush() returned, because with acks=0 the "
					      "client calls a message done "
					      "before it is written; "
					    : "",
		dropped_by(socket),
		words_number(at->run, socket->cut_length - socket->cut_accepted),
		socket->flags & SOCKET_BLOCKING
			? ""
			: " The send buffer blocked nothing: it took what it had room for, and "
			  "what it had not stayed in the client's memory.");
}

static void evidence_steps(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = finding_producer(at);

	finding_evidence(finding, "dropped",
			 at->socket->cut_length == UNKNOWN
				 ? UNKNOWN
				 : at->socket->cut_length - at->socket->cut_accepted);
	finding_evidence(finding, "flushes_returned",
			 producer ? flushes_came_back(producer) ? producer->flush_calls : 0
				  : UNKNOWN);
}

void say_cut_frame(const struct subject *at, struct finding *finding)
{
	const struct socket *socket = at->socket;

	finding_evidence(finding, "length", socket->cut_length);
	finding_evidence(finding, "accepted", socket->cut_accepted);
	evidence_steps(at, finding);
	advise_of_cut(at, finding);
	finding->text = model_format(at->run,
				     "A Produce request was cut off at byte %s of %s. The "
				     "connection to %s ended before "
				     "the rest was written.%s",
				     words_number(at->run, socket->cut_accepted),
				     words_number(at->run, socket->cut_length), peer(at),
				     steps_words(at));
}

bool when_ended_in_write(const struct subject *at)
{
	const struct socket *socket = at->socket;

	return judge_cut_in_write(socket) &&
	       (socket->producer == UNKNOWN ||
		at->process->producers[socket->producer].tally.messages[OUTSTANDING] > 0);
}

void say_ended_in_write(const struct subject *at, struct finding *finding)
{
	const struct socket *socket = at->socket;

	finding_evidence(finding, "length", socket->cut_length);
	finding_evidence(finding, "accepted", socket->cut_accepted);
	if (finding_producer(at) && finding_has_waited(finding_producer(at)))
		finding_advises(finding, "give the program more time before it is ended",
				"A write was under way when the process ended, while or after "
				"it waited: the broker has the request only if the kernel took "
				"all of it. Give the wait the time that the largest message "
				"needs, and the program that time before it is killed.");
	finding->text =
		model_format(at->run,
			     "The process ended inside a write to %s, with %s bytes of "
			     "a Produce request of %s written before: how many of the others "
			     "the kernel took is not known.",
			     peer(at), words_number(at->run, socket->cut_accepted),
			     words_number(at->run, socket->cut_length));
}

bool when_left_to_another(const struct subject *at)
{
	const struct socket *socket = at->socket;

	return judge_left_produce(socket) &&
	       (socket->producer == UNKNOWN ||
		at->process->producers[socket->producer].tally.messages[OUTSTANDING] > 0);
}

void say_left_to_another(const struct subject *at, struct finding *finding)
{
	const struct socket *socket = at->socket;

	finding_evidence(finding, "length", socket->cut_length);
	finding_evidence(finding, "accepted", socket->cut_accepted);
	finding->text =
		model_format(at->run,
			     "This process let go of the connection to %s at byte %s of "
			     "%s of a Produce request, while another process may have "
			     "gone on with it.",
			     peer(at), words_number(at->run, socket->cut_accepted),
			     words_number(at->run, socket->cut_length));
}

static void evidence_end(const struct subject *at, struct finding *finding)
{
	finding_evidence(finding, "unsent_bytes", at->socket->unsent_bytes);
	finding_evidence(finding, "unread_bytes", at->socket->unread_bytes);
	/* Not Kafka: bytes were dropped, but no message is known to be. */
	if (!(at->socket->flags & SOCKET_KAFKA))
		finding->verdict = VERDICT_CLEAN;
}

static bool reset_by_peer(const struct socket *socket)
{
	return socket->end == END_RESET || socket->flags & SOCKET_RESET;
}

/* Advice to flush before the close does not fit where the program did flush, or did not close.
 */
static void advise_of_reset(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = finding_producer(at);

	if (finding_is_cut_off(at))
		finding_defers(finding);
	else if (reset_by_peer(at->socket))
		finding_advises(
			finding, "look at the peer: it reset the connection",
			"A connection that the peer has reset drops what its send queue "
			"still held. The peer (the broker's log) says why it did so; a "
			"program that goes on until all is acknowledged lets its client "
			"send again on a new connection.");
	else if (producer && finding_has_waited(producer))
		finding_advises(
			finding, "give the wait the time it needs before the close",
			"A connection that is closed with unread input drops what its "
			"send queue still held. The program had begun to wait: give that "
			"a timeout long enough for all answers, and check its result.");
	else if (producer && finding_has_acks(producer))
		finding_advises(finding, "flush (read every answer) before the close",
				"A connection that is closed with unread input drops what its "
				"send queue still held. Flush or close the producer with a "
				"timeout, and check the result.");
}

bool when_reset_on_close(const struct subject *at)
{
	return at->socket->reset && !(at->socket->flags & SOCKET_LINGER_ZERO) &&
	       !at->socket->timed_out && finding_matters(at);
}

void say_reset_on_close(const struct subject *at, struct finding *finding)
{
	const struct socket *socket = at->socket;

	evidence_end(at, finding);
	advise_of_reset(at, finding);
	if (reset_by_peer(socket))
		finding->text = model_format(
			at->run,
			"The connection to %s was reset by the peer; what was in flight on "
			"it is gone.",
			peer(at));
	else
		finding->text = model_format(
			at->run,
			"The connection to %s ended with %s unsent and %s unread: that is a "
			"reset, and what was unsent is gone.",
			peer(at), words_count(at->run, socket->unsent_bytes, "byte"),
			words_count(at->run, socket->unread_bytes, "byte"));
}

bool when_linger_zero(const struct subject *at)
{
	return at->socket->flags & SOCKET_LINGER_ZERO && at->socket->reset &&
	       !at->socket->timed_out && finding_matters(at);
}

void say_linger_zero(const struct subject *at, struct finding *finding)
{
	evidence_end(at, finding);
	finding->text = model_format(
		at->run,
		"The connection to %s was closed with SO_LINGER 0 while %s had not reached the "
		"peer: they were dropped.",
		peer(at), words_count(at->run, at->socket->unsent_bytes, "byte"));
}
