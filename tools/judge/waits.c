/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waits.c - whether the program waited for its last message: yes, no, or unproven.
 *
 * A wait is a call that returned because nothing was left, or the report of the last
 * message if it was served inside a call that could block, on one of the program's own
 * threads. If a poller's thread served the report, or a call that cannot block, it may
 * have been there in time by luck.
 */
#include "judge/judge.h"

#include <signal.h>

static enum waited better(enum waited a, enum waited b)
{
	return a > b ? a : b;
}

/* Whether reports can prove a wait: not without reports, or with only.error, nor for producers
 * that share a row. */
static bool reports_tell(const struct producer *producer)
{
	return producer->flags & PRODUCER_REPORTS &&
	       !(producer->flags &
		 (PRODUCER_REPORTS_ERRORS | PRODUCER_ASYNCIO | PRODUCER_OVERFLOW));
}

/* The thread that ends the process is the program's own, also if it produced nothing. */
static bool ends_it(const struct process *process, int64_t thread)
{
	return process->end_thread != UNKNOWN && process->end_thread == thread;
}

static enum waited by_report(const struct process *process, const struct waits *waits)
{
	bool own = ends_it(process, waits->other_thread);

	switch (waits->other_how) {
	case REPORT_OTHER_THREAD_BLOCKING:
		return own ? WAITED_YES : WAITED_UNPROVEN;
	case REPORT_OTHER_THREAD_POLLING:
		return own ? WAITED_NO : WAITED_UNPROVEN;
	case REPORT_OTHER_THREAD_POLLING_AGAIN:
	case REPORT_OWN_POLLING_AGAIN:
	case REPORT_BINDING:
	case REPORT_WOKEN:
		return WAITED_UNPROVEN;
	case REPORT_OWN_POLLING_ONCE:
	case REPORT_NOT:
		break;
	}
	return WAITED_NO;
}

static enum waited by_what_is_known(const struct process *process,
				    const struct producer *producer)
{
	const struct waits *waits = &producer->waits;
	int64_t all = producer->tally.messages[PRODUCED];
	enum waited waited = WAITED_NO;

	if (waits->waited_for >= all && waits->by != WAITED_PURGE)
		return WAITED_YES;
	if (waits->unproven_for >= all)
		waited = waits->unproven_thread > 0 && ends_it(process, waits->unproven_thread)
				 ? WAITED_YES
				 : WAITED_UNPROVEN;
	if (!reports_tell(producer))
		return waited;
	if (waits->reports_waited >= all)
		return WAITED_YES;
	return waits->reports_other >= all ? better(waited, by_report(process, waits)) : waited;
}

/* For traces that do not record how reports were served. */
static enum waited by_what_was_known(const struct producer *producer)
{
	const struct waits *waits = &producer->waits;
	int64_t all = producer->tally.messages[PRODUCED];

	if (waits->waited_for >= all)
		return WAITED_YES;
	return reports_tell(producer) && waits->reports_served >= all ? WAITED_UNPROVEN
								      : WAITED_NO;
}

/* Whether the process was killed, or vanished, so that it could not have waited at its end. */
static bool ended_without_a_way_out(const struct process *process)
{
	return process->how == ENDED_VANISHED || process->how == ENDED_UNKNOWN ||
	       (process->how == ENDED_SIGNAL && process->signal == SIGKILL);
}

bool waits_by_futures(const struct producer *producer)
{
	return producer->flags & PRODUCER_WAITS_UNSEEN &&
	       !(producer->flags & (PRODUCER_OVERFLOW | PRODUCER_HELD_UNSEEN)) &&
	       (producer->client != CLIENT_LIBRDKAFKA || producer->flags & PRODUCER_ASYNCIO);
}

/*
 * Go's Close() closes the channel and waits until all of it has been produced; only then does
 * it destroy librdkafka's producer. No other wait shows that: Flush() and Len() count what lies
 * in the channel, but not what the goroutine has taken out and not produced yet (all of it,
 * with go.batch.producer), and librdkafka's answers are the same whatever lies there.
 */
bool waits_channel_open(const struct process *process, const struct producer *producer)
{
	return producer->channel != CHANNEL_NONE && process->how != ENDED_RUNNING &&
	       producer->state != PRODUCER_DESTROYING && producer->state != PRODUCER_DESTROYED;
}

enum waited waits_of_produced(const struct process *process, const struct producer *producer)
{
	const int64_t *messages = producer->tally.messages;
	enum waited waited = WAITED_YES;

	if (producer->transaction_open && producer->transaction_messages > 0)
		return WAITED_NO;
	if (messages[PRODUCED] > 0)
		waited = producer->waits.known ? by_what_is_known(process, producer)
					       : by_what_was_known(producer);
	if (waits_by_futures(producer))
		waited = better(waited, WAITED_UNPROVEN);
	/* A flush was under way at the end: it is not known which messages it had waited for.
	 */
	if (messages[OUTSTANDING] == 0 && producer->reports_unserved == 0 &&
	    (ended_without_a_way_out(process) || producer->in_flush))
		waited = better(waited, WAITED_UNPROVEN);
	return waited;
}

enum waited waits_judge(const struct process *process, const struct producer *producer)
{
	enum waited waited = waits_of_produced(process, producer);

	return waits_channel_open(process, producer) && waited == WAITED_YES ? WAITED_UNPROVEN
									     : waited;
}

bool waits_outlasted(const struct process *process, const struct producer *producer)
{
	const int64_t *messages = producer->tally.messages;

	return process->proves && !process->proof_broke &&
	       !waits_channel_open(process, producer) &&
	       producer->proof.withheld_ns != UNKNOWN && messages[PRODUCED] > 0 &&
	       messages[OUTSTANDING] == 0 && messages[UNCONFIRMED] == 0 &&
	       !ended_without_a_way_out(process);
}
