/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copies.c - see copies.h.
 */
#include "build/copies.h"

#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"

/* Compared and hashed as bytes: it must have no padding. */
struct identity {
	char boot_id[40];
	uint64_t pid_namespace;
	uint64_t start_ticks;
	int64_t monotonic_ns;
	int64_t pid;
};

struct noted {
	struct identity identity; /* pid 0: free */
	size_t number;
	uint64_t reached;
};

struct copies {
	struct noted *noted;
	size_t places, used;
};

struct copies *copies_begin(void)
{
	struct copies *copies = memory_zeroed(1, sizeof *copies);

	copies->places = 64;
	copies->noted = memory_zeroed(copies->places, sizeof *copies->noted);
	return copies;
}

void copies_end(struct copies *copies)
{
	free(copies->noted);
	free(copies);
}

/* False: the trace does not identify its process. */
static bool identity_of(const struct reader *reader, struct identity *identity)
{
	const struct trace_process *process = reader_row(reader, SECTION_PROCESS, 0);

	if (!process || process->pid <= 0 || process->monotonic_ns <= 0)
		return false;
	*identity = (struct identity){.pid_namespace = process->pid_namespace,
				      .start_ticks = process->start_ticks,
				      .monotonic_ns = process->monotonic_ns,
				      .pid = process->pid};
	memcpy(identity->boot_id, process->boot_id, sizeof identity->boot_id);
	return true;
}

/* A number that grows while the process runs, and is highest for a trace with an end record, or
 * with the end that `run` saw. */
static uint64_t reached_by(const struct reader *reader)
{
	const struct trace_process *process = reader_row(reader, SECTION_PROCESS, 0);
	uint64_t sum = 0;

	for (uint32_t i = 0; i < reader_rows(reader, SECTION_THREAD); i++) {
		const struct trace_thread *thread = reader_row(reader, SECTION_THREAD, i);

		sum += thread ? thread->head : 0;
	}
	for (uint32_t i = 0; i < reader_rows(reader, SECTION_PRODUCER); i++) {
		const struct trace_producer *row = reader_row(reader, SECTION_PRODUCER, i);

		sum += row ? row->reports_served + row->requests_sent + row->requests_answered
			   : 0;
	}
	return (sum & UINT64_MAX >> 2) + ((uint64_t)(process->how != HOW_UNKNOWN) << 62) +
	       ((uint64_t)(process->observed != 0) << 63);
}

static uint64_t mix(const struct identity *identity)
{
	uint64_t mixed = (uint64_t)identity->monotonic_ns ^ (uint64_t)identity->pid << 40 ^
			 identity->start_ticks;

	return mixed * 0x9e3779b97f4a7c15u >> 16;
}

/* The place of this identity, or the free one where it is to be stored. */
static struct noted *place_of(const struct copies *copies, const struct identity *identity)
{
	size_t at = (size_t)mix(identity);

	for (;; at++) {
		struct noted *noted = &copies->noted[at & (copies->places - 1)];

		if (noted->identity.pid == 0 ||
		    memcmp(&noted->identity, identity, sizeof *identity) == 0)
			return noted;
	}
}

/* Keeps at least half of the places free. */
static void places_grow(struct copies *copies)
{
	struct copies larger = {.places = copies->places * 2, .used = copies->used};

	if (copies->used * 2 < copies->places)
		return;
	larger.noted = memory_zeroed(larger.places, sizeof *larger.noted);
	for (size_t i = 0; i < copies->places; i++)
		if (copies->noted[i].identity.pid)
			*place_of(&larger, &copies->noted[i].identity) = copies->noted[i];
	free(copies->noted);
	*copies = larger;
}

enum copies_answer copies_note(struct copies *copies, const struct reader *reader,
			       size_t number, size_t *other)
{
	struct noted new = {.number = number};

	if (!identity_of(reader, &new.identity))
		return COPIES_FIRST;
	new.reached = reached_by(reader);
	places_grow(copies);
	struct noted *noted = place_of(copies, &new.identity);
	enum copies_answer answer = !noted->identity.pid	   ? COPIES_FIRST
				    : new.reached > noted->reached ? COPIES_FURTHER
								   : COPIES_EARLIER;

	*other = noted->number;
	copies->used += answer == COPIES_FIRST;
	if (answer != COPIES_EARLIER)
		*noted = new;
	return answer;
}
