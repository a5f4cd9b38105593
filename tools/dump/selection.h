/* SPDX-License-Identifier: Apache-2.0 */
/*
 * selection.h - which rows and events of a trace are dumped.
 *
 *	since, until	events, moments and large messages at a time between them; other rows
 *			have no time of their own and stay
 *	topic		topics (and cells) of such a name; rows and events of a producer only if
 *			it has such a topic
 *
 * A row or an event whose time or producer is not known stays.
 */
#ifndef UNFLUSHED_DUMP_SELECTION_H
#define UNFLUSHED_DUMP_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "read/reader.h"

struct selection_given {
	int64_t since_ns, until_ns; /* CLOCK_REALTIME; INT64_MIN, INT64_MAX: no bound */
	const char *topic;	    /* a glob (fnmatch); NULL: all */
};

struct selection {
	const struct reader *reader;
	int64_t since_ns, until_ns; /* CLOCK_MONOTONIC, as the trace has it */
	const char *topic;
	bool *producers; /* for each row: whether it has such a topic */
	uint32_t producer_count;
};

void selection_make(struct selection *selection, const struct reader *reader,
		    const struct selection_given *given);
void selection_free(struct selection *selection);

bool selection_has_row(const struct selection *selection, enum trace_section_kind kind,
		       uint32_t number, const void *row);
bool selection_has_event(const struct selection *selection, const struct trace_event *event);

#endif
