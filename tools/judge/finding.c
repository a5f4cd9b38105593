/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finding.c - see finding.h.
 */
#include "judge/finding.h"

#include <signal.h>

#include "judge/judge.h"
#include "model/number.h"
#include "model/words.h"
#include "reach/reach.h"

static int64_t site_amount(const struct call_site *site, enum amount amount)
{
	return amount == OUTSTANDING ? site->outstanding
	       : amount == FAILED    ? site->failed
	       : amount == REJECTED  ? site->rejected
				     : site->produced;
}

/* Blames the line that certainly lost most, if that is known. */
static bool blames_certain(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = at->producer;
	int64_t sum = 0;

	for (size_t i = 0; i < producer->site_count; i++) {
		const struct call_site *site = &producer->sites[i];

		sum = number_sum(sum, site->outstanding_lost);
		if (site->outstanding_lost <= finding->blamed)
			continue;
		finding->blamed = site->outstanding_lost;
		finding->site = site;
	}
	finding->blamed_of = judge_never_arrived(at->process, producer);
	finding->blamed_exact = sum == finding->blamed_of;
	return finding->blamed > 0;
}

void finding_blames(const struct subject *at, struct finding *finding, enum amount amount)
{
	const struct producer *producer = at->producer;
	int64_t most = 0; /* UNKNOWN is less */

	if (amount == OUTSTANDING && blames_certain(at, finding))
		return;
	for (size_t i = 0; i < producer->site_count; i++) {
		int64_t messages = site_amount(&producer->sites[i], amount);

		if (messages <= most)
			continue;
		most = messages;
		finding->site = &producer->sites[i];
	}
}

const struct producer *finding_producer(const struct subject *at)
{
	if (at->producer || !at->socket || at->socket->producer == UNKNOWN)
		return at->producer;
	return &at->process->producers[at->socket->producer];
}

bool finding_is_cut_off(const struct subject *at)
{
	const struct producer *producer = finding_producer(at);

	return producer && reach_of(at->process, producer).cut_off;
}

void finding_defers(struct finding *finding)
{
	finding->change = "first make the broker reachable: see broker-unreachable";
	finding->fix = "While no broker can be reached no wait helps, however long. See "
		       "broker-unreachable.";
}

void finding_advises(struct finding *finding, const char *change, const char *fix)
{
	finding->change = change;
	finding->fix = fix;
}

bool finding_has_waited(const struct producer *producer)
{
	return producer->flush_was_last || producer->in_flush || producer->waited == WAITED_YES;
}

bool finding_flush_failed(const struct producer *producer)
{
	return producer->in_flush ||
	       (producer->flush_was_last && producer->flush_result != UNKNOWN &&
		producer->flush_result != 0);
}

bool finding_has_acks(const struct producer *producer)
{
	return producer->acks != 0 && producer->acks != UNKNOWN;
}

bool finding_crashed(const struct process *process)
{
	if (process->how == ENDED_ABORT)
		return true;
	if (process->how != ENDED_SIGNAL)
		return false;
	switch (process->signal) {
	case SIGSEGV:
	case SIGBUS:
	case SIGFPE:
	case SIGILL:
	case SIGABRT:
	case SIGTRAP:
	case SIGSYS:
		return true;
	default:
		return false;
	}
}

void finding_advises_of_crash(const struct subject *at, struct finding *finding)
{
	const char *signal = words_signal(at->run, at->process->signal);

	finding_advises(
		finding, model_format(at->run, "mend what ended the program: %s", signal),
		model_format(at->run,
			     "A program that ends by %s runs nothing of its own any more, "
			     "so what is left in a producer is gone. Mend the fault; "
			     "until then a flush after each batch leaves less behind.",
			     signal));
}

void finding_evidence(struct finding *finding, const char *name, int64_t value)
{
	if (finding->evidence_count < FINDING_EVIDENCE)
		finding->evidence[finding->evidence_count++] =
			(struct evidence){.name = name, .value = value};
}

const char *finding_peer(const struct socket *socket)
{
	return socket->broker ? socket->broker
	       : socket->peer ? socket->peer
			      : "an unknown peer";
}

bool finding_matters(const struct subject *at)
{
	const struct socket *socket = at->socket;

	if (at->process->how == ENDED_RUNNING)
		return false;
	if (judge_wire_only(socket))
		return socket->produce_open_requests > 0 ||
		       (socket->produce_unanswerable > 0 && socket->unsent_bytes > 0) ||
		       judge_cut_produce(socket) || judge_cut_in_write(socket);
	if (socket->producer == UNKNOWN)
		return socket->unsent_bytes > 0;
	const struct producer *producer = &at->process->producers[socket->producer];
	return producer->reset && (producer->tally.messages[OUTSTANDING] > 0 ||
				   producer->tally.messages[UNCONFIRMED] > 0);
}
