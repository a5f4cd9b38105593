/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prune.h - removes the traces of processes that ended long ago.
 *
 * A file is removed only if it is a trace, a regular file, the user's own, and its process has
 * ended. Traces that stay for another reason than their age are counted; a file that cannot be
 * read stays, and is reported.
 */
#ifndef UNFLUSHED_KEEP_PRUNE_H
#define UNFLUSHED_KEEP_PRUNE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct prune {
	int64_t before_ns; /* of processes that ended before, CLOCK_REALTIME */
	bool only_clean;   /* and only without certain or possible losses (or without Kafka) */
	bool only_tell;	   /* removes nothing */
	/* Called for each trace that is removed, or would be; may be NULL. */
	void (*told)(void *to, const char *path);
	void *to;

	/* The results. */
	size_t removed;
	uint64_t freed_bytes; /* on disk */
	size_t young, running, others, unclean;
	bool unreadable; /* a file could not be read or removed, which was reported */
	bool empty;	 /* there was no trace */
};

void prune_traces(struct prune *prune, const char *const *operands, size_t count);

#endif
