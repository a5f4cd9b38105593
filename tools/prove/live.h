/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live.h - reads the trace of a running process: what the relay must know of it at this moment.
 *
 * Read with pread, a few numbers at a time: if the file is truncated or damaged, numbers are
 * only unknown. If they are, the process counts as not waiting, and its settings as not set.
 */
#ifndef UNFLUSHED_PROVE_LIVE_H
#define UNFLUSHED_PROVE_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "format/divert.h"
#include "format/format.h"

#define LIVE_PRODUCERS 64 /* of more than these many nothing is asked */

struct live {
	int fd; /* -1: there is none */
	uint64_t process_at, producers_at, more_at, strings_at;
	uint32_t producer_bytes, producer_rows, process_bytes, more_bytes;
	uint64_t used_at; /* of the producers' section: how many rows there are */
};

/* Finds the trace of the process that greeted, among those of `directory`. False: it is not
 * there. live_close() is due only if it is. */
bool live_open(struct live *live, const char *directory, const struct divert_hello *hello);
void live_close(struct live *live);

/* Whether a call of the application that waits for messages is under way. */
bool live_waits(const struct live *live);

/* How often a flush was called again because messages were left, over all producers: a program
 * that calls flush(0) in a loop, as Rust's library does, waits as well. */
uint64_t live_flushes_again(const struct live *live);

/* How often each producer was purged; 0 for rows without a producer. */
void live_purges(const struct live *live, uint64_t purges[LIVE_PRODUCERS]);

/* patience_ns() over the settings of all its producers. */
int64_t live_patience_ns(const struct live *live, int64_t most_ns);

#endif
