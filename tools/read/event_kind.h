/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_kind.h - the rows of format/events.def, for printing events: their names and what their
 * numbers mean.
 */
#ifndef UNFLUSHED_READ_EVENT_KIND_H
#define UNFLUSHED_READ_EVENT_KIND_H

#include <stdbool.h>
#include <stdint.h>

#include "read/names.h"

enum event_object {
	EVENT_OF_PROCESS,
	EVENT_OF_PRODUCER, /* `object` is a row of SECTION_PRODUCER */
	EVENT_OF_SOCKET,   /* `object` is a row of SECTION_SOCKET */
};

#define EVENT_NAME_BYTES 24

struct event_kind {
	char name[EVENT_NAME_BYTES]; /* "stall_begin" */
	enum event_object object;
	const char *a, *b;		  /* what the numbers mean; "": they are not used */
	enum names_list names_a, names_b; /* the names of their values; NAMES_NONE */
	bool merges;			  /* `flags` plus 1 equal events are stored as one */
};

/* Event numbers are below this. */
extern const unsigned event_kinds;

/* NULL: EVENT_NONE, or an event of a newer version. */
const struct event_kind *event_kind_of(unsigned number);

#endif
