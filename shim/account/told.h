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

/* So many delivery reports were handed over, by whomever. */
static inline void told_reports(struct account_producer *producer, uint64_t reports)
{
	writer_add_shared(&producer_row(producer)->reports_served, reports);
}

/* Of so many failed messages the application has learned. */
static inline void told_failures(struct account_producer *producer, uint64_t messages)
{
	writer_add_shared(&producer_row(producer)->reports_served_failed, messages);
	writer_add_shared(&producer_more(producer)->failed_told, messages);
}

/* All that was produced has been reported. */
static inline bool told_all(const struct account_producer *producer, uint64_t produced)
{
	return __atomic_load_n(&producer_row(producer)->reports_served, __ATOMIC_ACQUIRE) >=
	       produced;
}

#endif
