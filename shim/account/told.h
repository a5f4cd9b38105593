/* SPDX-License-Identifier: Apache-2.0 */
/*
 * told.h - who was told what became of messages.
 *
 * Each counter only grows, and is raised when somebody is told, not when the message
 * ended. Any thread, and signal handlers.
 */
#ifndef UNFLUSHED_ACCOUNT_TOLD_H
#define UNFLUSHED_ACCOUNT_TOLD_H

#include "account/state.h"
#include "trace/writer.h"

/* Counts delivery reports that were handed over, on any thread. */
static inline void told_reports(struct account_producer *producer, uint64_t reports)
{
	writer_add_shared(&producer_row(producer)->reports_served, reports);
}

static inline void told_application_failures(struct account_producer *producer,
					     uint64_t messages)
{
	writer_add_shared(&producer_more(producer)->failed_told, messages);
}

/* Counts failed messages of which delivery reports have told the application. */
static inline void told_failures(struct account_producer *producer, uint64_t messages)
{
	writer_add_shared(&producer_row(producer)->reports_served_failed, messages);
	told_application_failures(producer, messages);
}

/* Counts failed messages whose reports a binding took: whether it has told the application
 * cannot be seen. */
static inline void told_binding_failures(struct account_producer *producer, uint64_t messages)
{
	writer_add_shared(&producer_more(producer)->failed_told_binding, messages);
}

static inline void told_purges(struct account_producer *producer, uint64_t messages)
{
	writer_add_shared(&producer_more(producer)->purged_told, messages);
}

static inline void told_binding_purges(struct account_producer *producer, uint64_t messages)
{
	writer_add_shared(&producer_more(producer)->purged_told_binding, messages);
}

/* Who took a delivery report, and where. */
struct told_where {
	bool binding;	/* a binding's poller, or librdkafka's background thread */
	bool own;	/* the thread produced to this producer itself */
	int timeout_ms; /* of the call it is in; 0: that cannot block, -1 none */
};

/* A report was just handed over. If now all produced messages are reported, notes how the
 * application got the last report (columns reports_waited, reports_other, unproven_for). */
void told_served(struct account_producer *producer, const struct told_where *where);

/* A call that cannot block has returned: if it left messages without a report, notes that.
 * `producer` may be NULL: then nothing is noted. */
void told_polled(struct account_producer *producer);

/* Whether reports of as many messages as `produced` have been handed over. */
static inline bool told_all(const struct account_producer *producer, uint64_t produced)
{
	return __atomic_load_n(&producer_row(producer)->reports_served, __ATOMIC_ACQUIRE) >=
	       produced;
}

#endif
