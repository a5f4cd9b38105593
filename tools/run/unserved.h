/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RUN_UNSERVED_H
#define UNFLUSHED_RUN_UNSERVED_H

#include <stdbool.h>
#include <stdint.h>

#define UNSERVED_LINES 32 /* connections that only asked for the versions */

/* What is known of a mock cluster's clients. All zeros at the beginning. */
struct unserved {
	struct unserved_line {
		char from[64]; /* the client's address; empty: the entry is free */
		int version;
		int64_t answered_ns; /* 0: not answered yet */
	} lines[UNSERVED_LINES];
	int in_a_row;
	bool serves;	 /* a client has sent more than ApiVersions */
	char words[256]; /* no full stop; empty: all clients are served so far */
};

/* Reads a line of the mock's log, written at `now_ns` (CLOCK_MONOTONIC); `rtt_ns` is the
 * mock's delay before each answer. True once: `words` has a client that is not served. */
bool unserved_note(struct unserved *unserved, const char *line, int64_t now_ns, int64_t rtt_ns);

/* The same if nothing was logged; to be called about once a second. */
bool unserved_idle(struct unserved *unserved, int64_t now_ns, int64_t rtt_ns);

#endif
