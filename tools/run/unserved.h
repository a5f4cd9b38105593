/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RUN_UNSERVED_H
#define UNFLUSHED_RUN_UNSERVED_H

#include <stdbool.h>
#include <stdint.h>

#define UNSERVED_LINES 32 /* connections that have asked for the versions, and no more */

/* What is known of a mock cluster's clients. Begins as zeroes. */
struct unserved {
	struct unserved_line {
		char from[64]; /* the client's address; empty: a free place */
		int version;
		int64_t answered_ns; /* 0: not yet */
	} lines[UNSERVED_LINES];
	int in_a_row;
	bool serves;	 /* a client has sent more than ApiVersions */
	char words[256]; /* a sentence without its end; empty: all are served, so far */
};

/* Notes a line of the mock's log, written at `now_ns` (CLOCK_MONOTONIC); `rtt_ns` is its delay
 * before each answer. True once: `words` now name a client that is not served. */
bool unserved_note(struct unserved *unserved, const char *line, int64_t now_ns, int64_t rtt_ns);

/* The same when nothing was logged; to be called about once a second. */
bool unserved_idle(struct unserved *unserved, int64_t now_ns, int64_t rtt_ns);

#endif
