/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings_setting.c - findings about socket options that had an effect: a send that timed out,
 * a connection that timed out, ends of messages that were held back.
 */
#include "judge/findings.h"

#include "model/words.h"

/* TCP_CORK holds bytes for 200 ms: once is enough to be reported. */
#define CORK_WORTH_SAYING_NS 150000000

bool when_send_timeout(const struct subject *at)
{
	return at->socket->send_timeouts > 0;
}

void say_send_timeout(const struct subject *at, struct finding *finding)
{
	const struct socket *socket = at->socket;
	const char *bytes = "", *after;

	finding_evidence(finding, "send_timeout_ns", socket->send_timeout_ns);
	finding_evidence(finding, "timeouts", socket->send_timeouts);
	finding_evidence(finding, "not_taken_bytes", socket->send_timeout_bytes);
	finding_evidence(finding, "went_on", !socket->send_gave_up);
	if (!socket->send_gave_up)
		finding_advises(
			finding, "check that each write goes on where the last ended",
			"A blocking send that runs into SO_SNDTIMEO returns what it got "
			"rid of so far, or EAGAIN: the rest is still the program's to "
			"send. This one went on writing: with that rest, all is well. A "
			"longer SO_SNDTIMEO, or none, makes that rarer.");
	if (socket->send_timeout_bytes != UNKNOWN)
		bytes = model_format(at->run, ", with %s not taken",
				     words_count(at->run, socket->send_timeout_bytes, "byte"));
	after = socket->send_gave_up
			? "Nothing was taken on that connection afterwards: what was left "
			  "was not sent on it."
			: "Later writes were taken; whether they began with what was left, the "
			  "program knows.";
	finding->text = model_format(
		at->run, "%s to %s gave up after SO_SNDTIMEO (%s)%s. %s",
		words_count(at->run, socket->send_timeouts, "send"), finding_peer(socket),
		words_time(at->run, socket->send_timeout_ns), bytes, after);
}

/* Replaces advice to send messages again that were, or to raise a timeout that was not set. */
static void advise_of_time(const struct subject *at, struct finding *finding)
{
	bool set = at->socket->user_timeout_ns != UNKNOWN;
	bool lost = finding->verdict != VERDICT_CLEAN;

	if (set && lost)
		return;
	finding_advises(
		finding,
		set    ? "raise TCP_USER_TIMEOUT above the peer's longest pause"
		: lost ? "see why the peer fell silent; send again what it has not acked"
		       : "see why the peer fell silent: its machine, or the way to it",
		model_format(at->run,
			     "TCP waits for acknowledgements, and for a peer that reads, "
			     "only so long (TCP_USER_TIMEOUT; the system's own limit is "
			     "many minutes), then drops the connection with all it "
			     "held.%s%s",
			     set ? " Let it wait longer than the peer's longest pause."
				 : " No TCP_USER_TIMEOUT was set here: look at the peer, "
				   "and at the network to it.",
			     lost ? " Send what was not answered again on a new "
				    "connection."
				  : ""));
}

/* Not a connection that was never made, nor one without unacknowledged bytes. */
bool when_connection_timed_out(const struct subject *at)
{
	return at->socket->timed_out && at->socket->accepted_bytes > 0 &&
	       at->socket->unsent_bytes != 0;
}

void say_connection_timed_out(const struct subject *at, struct finding *finding)
{
	const struct socket *socket = at->socket;
	const char *after = "", *asked = "";

	finding_evidence(finding, "user_timeout_ns", socket->user_timeout_ns);
	finding_evidence(finding, "after_ns", socket->error_after_ns);
	finding_evidence(finding, "unacknowledged_bytes", socket->unsent_bytes);
	/* As with a reset: if the messages were sent again, none is lost. */
	if (!(socket->flags & SOCKET_KAFKA) || !socket->reset || !finding_matters(at))
		finding->verdict = VERDICT_CLEAN;
	advise_of_time(at, finding);
	if (socket->error_after_ns != UNKNOWN)
		after = model_format(at->run, " %s after the last write that went",
				     words_time(at->run, socket->error_after_ns));
	if (socket->user_timeout_ns != UNKNOWN)
		asked = model_format(at->run, "; TCP_USER_TIMEOUT is %s",
				     words_time(at->run, socket->user_timeout_ns));
	finding->text =
		model_format(at->run,
			     "TCP gave the connection to %s up (%s)%s%s. %s had not been "
			     "acknowledged and are gone.",
			     finding_peer(socket), words_error(socket->error), after, asked,
			     words_count(at->run, socket->unsent_bytes, "byte"));
}

bool when_cork_delay(const struct subject *at)
{
	return at->socket->cork_waits > 0 && at->socket->cork_held_ns >= CORK_WORTH_SAYING_NS;
}

void say_cork_delay(const struct subject *at, struct finding *finding)
{
	const struct socket *socket = at->socket;
	const char *left = "";

	finding_evidence(finding, "waits", socket->cork_waits);
	finding_evidence(finding, "held_ns", socket->cork_held_ns);
	finding_evidence(finding, "held_at_end_bytes", socket->cork_left_bytes);
	if (socket->cork_left_bytes > 0)
		left = model_format(at->run, " %s went out only when the connection ended.",
				    words_count(at->run, socket->cork_left_bytes, "byte"));
	finding->text = model_format(
		at->run,
		"TCP_CORK held the end of what was written to %s %s, for %s in all: it was not "
		"taken off, and the kernel let go after about 200 ms.%s",
		finding_peer(socket),
		socket->cork_waits == 1
			? "once"
			: model_format(at->run, "%s times",
				       words_number(at->run, socket->cork_waits)),
		words_time(at->run, socket->cork_held_ns), left);
}
