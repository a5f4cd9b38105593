/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_kind.c - see event_kind.h.
 */
#include "read/event_kind.h"

#include <stddef.h>

#include "format/format.h"

/* clang-format off */
enum {
	OF_PROCESS = EVENT_OF_PROCESS,
	OF_PRODUCER = EVENT_OF_PRODUCER,
	OF_SOCKET = EVENT_OF_SOCKET,
};

static struct event_kind kinds[] = {
#define EVENT(name, number, object, a, b)                                                       \
	[number] = { #name, (enum event_object)OF_##object, a, b,                               \
		     number == EVENT_PROCESS_END ? NAMES_ways : NAMES_NONE,                     \
		     number == EVENT_STALL_END ? NAMES_stall_causes : NAMES_NONE,               \
		     /* Small whole writes in a row become one event. */                        \
		     number == EVENT_WRITE },
#include "format/events.def"
#undef EVENT
};
/* clang-format on */

const unsigned event_kinds = sizeof kinds / sizeof *kinds;

/* The names in the rows are in capitals. */
static void lower(char *name)
{
	for (; *name; name++)
		if (*name >= 'A' && *name <= 'Z')
			*name = (char)(*name + 'a' - 'A');
}

const struct event_kind *event_kind_of(unsigned number)
{
	if (number >= event_kinds || !kinds[number].name[0])
		return NULL;
	lower(kinds[number].name);
	return &kinds[number];
}
