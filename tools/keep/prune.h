/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prune.h - takes away the traces of processes that ended long ago.
 *
 * Only what is a trace, the user's own, a regular file, and of a process that has ended, is
 * ever removed. What stays for another reason than its age is counted; what cannot be read is
 * said, and stays.
 */
#ifndef UNFLUSHED_KEEP_PRUNE_H
#define UNFLUSHED_KEEP_PRUNE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct prune {
	int64_t before_ns; /* who ended before that, by CLOCK_REALTIME */
	bool only_clean;   /* and lost nothing, and might not have, either (or had no Kafka) */
	bool only_tell;	   /* removes nothing */
	/* Is told of each that is removed, or would be; NULL: nobody. */
	void (*told)(void *to, const char *path);
	void *to;

	/* What came of it. */
	size_t removed;
	uint64_t freed_bytes; /* on disk */
	size_t young, running, others, unclean;
	bool unreadable; /* something could not be read or removed: that has been said */
	bool empty;	 /* there was no trace */
};

void prune_traces(struct prune *prune, const char *const *operands, size_t count);

#endif
