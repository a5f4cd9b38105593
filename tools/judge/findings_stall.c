/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings_stall.c - findings about stalls of a connection, and their causes.
 *
 * The guest has found the causes of most stalls. The rest (stalls too short to
 * sample, or interrupted by the process's end) is reported with the cause of the
 * connection's other stalls, as a time of its own: the times and the shares of
 * all causes add up to no more than all stalls.
 */
#include "judge/findings.h"

#include "model/words.h"

/* Shorter stalls are normal for TCP. */
#define STALLED_WORTH_SAYING_NS 100000000
#define WORTH_A_WORD_NS 1000000
/* Fewer are normal: a loop that writes until EAGAIN gets one or two. */
#define SPINS_WORTH_SAYING 10
#define NAGLE_WAITS_WORTH_SAYING 5

static int64_t explained_ns(const struct socket *socket, enum trace_stall_cause cause)
{
	return cause == CAUSE_RECEIVER	    ? socket->stalled_receiver_ns
	       : cause == CAUSE_SEND_BUFFER ? socket->stalled_send_buffer_ns
	       : cause == CAUSE_NETWORK	    ? socket->stalled_network_ns
	       : cause == CAUSE_NOTSENT_LOWAT && socket->stalled_lowat_ns != UNKNOWN
		       ? socket->stalled_lowat_ns
		       : 0;
}

/* The cause of most of the time; UNKNOWN when no stall was sampled. */
static enum trace_stall_cause main_cause(const struct socket *socket)
{
	enum trace_stall_cause most = CAUSE_UNKNOWN;

	for (enum trace_stall_cause cause = CAUSE_RECEIVER; cause <= CAUSE_NOTSENT_LOWAT;
	     cause++)
		if (explained_ns(socket, cause) > explained_ns(socket, most))
			most = cause;
	return most;
}

/* The time without a known cause. Not a stall that was open when the process was killed: its
 * length is not known. */
static int64_t rest_ns(const struct socket *socket, enum trace_stall_cause cause)
{
	return main_cause(socket) == cause && socket->stalled_unexplained_ns != UNKNOWN
		       ? socket->stalled_unexplained_ns
		       : 0;
}

/* The time that is reported for a cause. */
static int64_t said_ns(const struct socket *socket, enum trace_stall_cause cause)
{
	return cause == CAUSE_UNKNOWN ? rest_ns(socket, cause) : explained_ns(socket, cause);
}

static int64_t blamed_ns(const struct socket *socket, enum trace_stall_cause cause)
{
	return explained_ns(socket, cause) + rest_ns(socket, cause);
}

static bool is_to_blame(const struct socket *socket, enum trace_stall_cause cause)
{
	return socket->stalls > 0 && blamed_ns(socket, cause) >= STALLED_WORTH_SAYING_NS;
}

static const char *share_of_life(const struct subject *at, int64_t ns)
{
	int64_t thousandths = socket_share(at->socket, ns);

	if (thousandths == UNKNOWN)
		return "";
	return model_format(at->run, ", %s of the connection's life",
			    words_share(at->run, thousandths));
}

/* ", and for 0.30 s more, for a reason that was not looked into" */
static const char *rest(const struct subject *at, enum trace_stall_cause cause)
{
	int64_t ns = cause == CAUSE_UNKNOWN ? 0 : rest_ns(at->socket, cause);

	if (ns < WORTH_A_WORD_NS)
		return "";
	return model_format(at->run, ", and for %s more that was not looked into",
			    words_time(at->run, ns));
}

static void evidence(const struct socket *socket, enum trace_stall_cause cause,
		     struct finding *finding)
{
	finding_evidence(finding, "stalls", socket->stalls);
	finding_evidence(finding, "stalled_ns", said_ns(socket, cause));
	finding_evidence(finding, "longest_ns", socket->stall_longest_ns);
	finding_evidence(finding, "unexplained_ns", socket->stalled_unexplained_ns);
	finding_evidence(finding, "send_buffer", socket->buffer_effective);
	finding_evidence(finding, "rtt_ns", socket->rtt_ns);
}

/* "Sending to X was held up for 1.20 s, 31 % of the connection's life, in 3
 * stalls (the longest 0.50 s" and what follows. */
static const char *held_up(const struct subject *at, enum trace_stall_cause cause)
{
	const struct socket *socket = at->socket;
	int64_t ns = said_ns(socket, cause);

	return model_format(
		at->run, "Sending to %s was held up for %s%s%s (%s on it, the longest %s%s)",
		finding_peer(socket), words_time(at->run, ns), share_of_life(at, ns),
		rest(at, cause), words_count(at->run, socket->stalls, "stall"),
		words_time(at->run, socket->stall_longest_ns),
		socket->stalled_at_end ? "; the last was still going on at the end" : "");
}

static const char *buffer_words(const struct subject *at)
{
	const struct socket *socket = at->socket;

	return model_format(
		at->run, "%s%s", words_size_exact(at->run, socket->buffer_effective),
		socket->flags & SOCKET_BUFFER_FIXED ? ", fixed by the program" : "");
}

bool when_send_buffer_stall(const struct subject *at)
{
	return is_to_blame(at->socket, CAUSE_SEND_BUFFER) ||
	       is_to_blame(at->socket, CAUSE_UNKNOWN);
}

/* Replaces advice to leave the size to the kernel where the program has not set one. */
static void advise_of_kernel_size(struct finding *finding)
{
	finding_advises(finding, "raise net.ipv4.tcp_wmem, or set a larger SO_SNDBUF",
			"The send buffer was full while all it held was under way: the peer "
			"and the network would have taken more. The kernel sizes this buffer, "
			"up to the last number of net.ipv4.tcp_wmem: raise that, or set a size "
			"above rate times round trip (up to net.core.wmem_max).");
}

void say_send_buffer_stall(const struct subject *at, struct finding *finding)
{
	const struct socket *socket = at->socket;
	const char *flight = "";

	if (!is_to_blame(socket, CAUSE_SEND_BUFFER)) {
		evidence(socket, CAUSE_UNKNOWN, finding);
		finding_advises(finding, "nothing yet: why it was held up could not be seen",
				"A full send buffer alone is no fault: the receiver, the "
				"network or the buffer's size may be why. Look at the "
				"connection while it is held up (ss -tim).");
		finding->text =
			model_format(at->run,
				     "%s, its send buffer (%s) full; whose fault that was "
				     "could not be seen.",
				     held_up(at, CAUSE_UNKNOWN), buffer_words(at));
		return;
	}
	evidence(socket, CAUSE_SEND_BUFFER, finding);
	finding_evidence(finding, "needed_buffer", socket->flight_bytes);
	if (!(socket->flags & SOCKET_BUFFER_FIXED))
		advise_of_kernel_size(finding);
	if (socket->flight_bytes != UNKNOWN)
		flight = model_format(
			at->run,
			" At the rate it reached and a round trip of %s, %s are under "
			"way at any time: it has to hold more than that.",
			words_time(at->run, socket->rtt_ns),
			words_size(at->run, socket->flight_bytes));
	finding->text = model_format(at->run,
				     "%s by its send buffer of %s, while all it held was under "
				     "way.%s",
				     held_up(at, CAUSE_SEND_BUFFER), buffer_words(at), flight);
}

bool when_receiver_stall(const struct subject *at)
{
	return is_to_blame(at->socket, CAUSE_RECEIVER);
}

void say_receiver_stall(const struct subject *at, struct finding *finding)
{
	evidence(at->socket, CAUSE_RECEIVER, finding);
	finding->text =
		model_format(at->run,
			     "%s by the receiver, which did not read what had arrived: its "
			     "window was closed.",
			     held_up(at, CAUSE_RECEIVER));
}

bool when_network_stall(const struct subject *at)
{
	return is_to_blame(at->socket, CAUSE_NETWORK);
}

void say_network_stall(const struct subject *at, struct finding *finding)
{
	evidence(at->socket, CAUSE_NETWORK, finding);
	finding->text = model_format(
		at->run,
		"%s by the network (round trip %s): there was more to send, and "
		"room for it at the receiver.",
		held_up(at, CAUSE_NETWORK), words_time(at->run, at->socket->rtt_ns));
}

bool when_notsent_lowat_stall(const struct subject *at)
{
	return is_to_blame(at->socket, CAUSE_NOTSENT_LOWAT);
}

void say_notsent_lowat_stall(const struct subject *at, struct finding *finding)
{
	const struct socket *socket = at->socket;

	evidence(socket, CAUSE_NOTSENT_LOWAT, finding);
	finding_evidence(finding, "notsent_lowat", socket->notsent_lowat);
	finding_evidence(finding, "fill_max_permille", socket->fill.max);
	finding->text = model_format(at->run,
				     "%s by TCP_NOTSENT_LOWAT (%s): with so much unsent TCP "
				     "took no more, while its send "
				     "buffer of %s had room.",
				     held_up(at, CAUSE_NOTSENT_LOWAT),
				     words_size(at->run, socket->notsent_lowat),
				     words_size(at->run, socket->buffer_effective));
}

/* The kernel doubles the size that it grants. */
bool when_send_buffer_capped(const struct subject *at)
{
	const struct socket *socket = at->socket;

	return socket->flags & SOCKET_BUFFER_FIXED && !socket->buffer_forced &&
	       socket->buffer_requested > 0 && socket->buffer_effective > 0 &&
	       socket->buffer_requested * 2 > socket->buffer_effective;
}

void say_send_buffer_capped(const struct subject *at, struct finding *finding)
{
	const struct socket *socket = at->socket;

	finding_evidence(finding, "requested", socket->buffer_requested);
	finding_evidence(finding, "effective", socket->buffer_effective);
	finding_evidence(finding, "wmem_max", socket->buffer_effective / 2);
	finding->text = model_format(at->run,
				     "The program asked for a send buffer of %s to %s; "
				     "net.core.wmem_max cut that to "
				     "%s, without an error.",
				     words_size_exact(at->run, socket->buffer_requested),
				     finding_peer(socket),
				     words_size_exact(at->run, socket->buffer_effective / 2));
}

bool when_autotuning_off(const struct subject *at)
{
	const struct socket *socket = at->socket;

	return socket->flags & SOCKET_BUFFER_FIXED &&
	       socket->stalled_send_buffer_ns >= STALLED_WORTH_SAYING_NS &&
	       socket->buffer_effective > 0 && at->process->send_buffer_max != UNKNOWN &&
	       socket->buffer_effective < at->process->send_buffer_max;
}

void say_autotuning_off(const struct subject *at, struct finding *finding)
{
	const struct socket *socket = at->socket;

	finding_evidence(finding, "requested", socket->buffer_requested);
	finding_evidence(finding, "effective", socket->buffer_effective);
	finding_evidence(finding, "tcp_wmem_max", at->process->send_buffer_max);
	finding_evidence(finding, "stalled_ns", socket->stalled_send_buffer_ns);
	finding->text = model_format(
		at->run,
		"The program fixed the send buffer to %s at %s, which turned autotuning off: "
		"the kernel could have let it grow to %s, and it cost %s of stalls.",
		finding_peer(socket), words_size(at->run, socket->buffer_effective),
		words_size(at->run, at->process->send_buffer_max),
		words_time(at->run, socket->stalled_send_buffer_ns));
}

bool when_eagain_spin(const struct subject *at)
{
	return at->socket->eagain_spins >= SPINS_WORTH_SAYING;
}

void say_eagain_spin(const struct subject *at, struct finding *finding)
{
	const struct socket *socket = at->socket;

	finding_evidence(finding, "spins", socket->eagain_spins);
	finding_evidence(finding, "eagain", socket->eagain);
	finding->text = model_format(
		at->run,
		"Of %s that met a full send buffer to %s (EAGAIN), %s came right after another "
		"such, without a wait between.",
		words_count(at->run, socket->eagain, "write"), finding_peer(socket),
		words_number(at->run, socket->eagain_spins));
}

bool when_nagle_delay(const struct subject *at)
{
	return at->socket->nagle_waits >= NAGLE_WAITS_WORTH_SAYING;
}

void say_nagle_delay(const struct subject *at, struct finding *finding)
{
	const struct socket *socket = at->socket;

	finding_evidence(finding, "waits", socket->nagle_waits);
	finding_evidence(finding, "writes", socket->writes);
	finding->text = model_format(
		at->run,
		"%s to %s stayed in the kernel until the peer's delayed acknowledgement, about "
		"40 ms each: Nagle's algorithm is on.",
		words_count(at->run, socket->nagle_waits, "small write"), finding_peer(socket));
}
