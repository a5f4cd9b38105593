/* SPDX-License-Identifier: Apache-2.0 */
/*
 * told.c - see told.h.
 */
#include "account/told.h"

#include "account/counts.h"

/* The number of produced messages, if all have been reported; else 0. Summing up walks all
 * cells, so it is done only when as many reports were served as the last sum said. */
static uint64_t served_all(struct account_producer *producer)
{
	uint64_t known = __atomic_load_n(&producer->produced_known, __ATOMIC_RELAXED);

	if (!told_all(producer, known))
		return 0;
	uint64_t produced = counts_produced(producer);

	__atomic_store_n(&producer->produced_known, produced, __ATOMIC_RELAXED);
	return told_all(producer, produced) ? produced : 0;
}

static enum trace_report_how how_of(const struct account_producer *producer,
				    const struct told_where *where, uint64_t produced)
{
	bool again = producer->polled_at == produced + 1;

	if (where->binding)
		return REPORT_BINDING;
	if (producer->wakes && !where->timeout_ms)
		return REPORT_WOKEN;
	if (where->own)
		return again ? REPORT_OWN_POLLING_AGAIN : REPORT_OWN_POLLING_ONCE;
	if (where->timeout_ms)
		return REPORT_OTHER_THREAD_BLOCKING;
	return again ? REPORT_OTHER_THREAD_POLLING_AGAIN : REPORT_OTHER_THREAD_POLLING;
}

void told_served(struct account_producer *producer, const struct told_where *where)
{
	struct trace_producer_more *more = producer_more(producer);
	uint64_t produced = served_all(producer);

	if (!produced || producer_row(producer)->flags & PRODUCER_OVERFLOW)
		return;
	/* Purged by a binding when its producer was dropped: that is no wait. */
	if (produced <= more->purged_at && more->purges_wrapper) {
		more->unproven_thread = 0;
		writer_max(&more->unproven_for, produced);
		return;
	}
	if (where->own && where->timeout_ms && !where->binding) {
		more->wait_bound_ms = where->timeout_ms;
		writer_max(&more->reports_waited, produced);
		return;
	}
	more->other_how = how_of(producer, where, produced);
	more->other_thread = (int32_t)RAW_0(SYS_gettid);
	writer_max(&more->reports_other, produced);
}

void told_polled(struct account_producer *producer)
{
	if (!producer || !(producer_row(producer)->flags & PRODUCER_REPORTS))
		return;
	uint64_t produced = counts_produced(producer);

	if (!told_all(producer, produced))
		__atomic_store_n(&producer->polled_at, produced + 1, __ATOMIC_RELAXED);
}
