/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live.h - a trace whose process runs: what the relay has to know of it at this moment.
 *
 * Read with pread, a few numbers at a time: whatever becomes of the file, the worst is that
 * nothing is known. What is not known is said to be no wait, and no setting.
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

/* Is a call of the application under way that waits for messages? */
bool live_waits(const struct live *live);

/* How often a flush was called again because messages were left, of all producers: who calls
 * flush(0) in a loop, as Rust's library does, waits as well. */
uint64_t live_flushes_again(const struct live *live);

/* How often each producer was purged; 0 for those that are not there. */
void live_purges(const struct live *live, uint64_t purges[LIVE_PRODUCERS]);

/* patience_ns() over the settings of all its producers. */
int64_t live_patience_ns(const struct live *live, int64_t most_ns);

#endif
