/* SPDX-License-Identifier: Apache-2.0 */
/*
 * choose.h - which processes of a run a report contains.
 */
#ifndef UNFLUSHED_CHOOSE_H
#define UNFLUSHED_CHOOSE_H

#include "model/model.h"

/* The values of the options; NULL: not given. */
struct choose_given {
	const char *since, *until;   /* moment.h */
	const char *topic, *exe;     /* globs (fnmatch) */
	const char *verdicts, *only; /* "lost,at_risk"; a signature's digits, or their begin */
};

struct choice {
	int64_t since_ns, until_ns; /* CLOCK_REALTIME; UNKNOWN: no bound */
	const char *topic, *exe, *only;
	unsigned verdicts; /* a bit for each; 0: any */
	bool any;	   /* an option was given */
};

#define CHOOSE_WHY_BYTES 200
#define CHOOSE_DIGITS_LEAST 4

/* Parses the options. False with a sentence in `why`: one is wrong. */
bool choose_take(struct choice *choice, const struct choose_given *given, int64_t now_ns,
		 char *why, size_t why_bytes);

/*
 * Keeps the processes that were alive at a time between since and until, whose program or
 * executable has that name, and of which a producer has such a topic. Before judge_run().
 */
void choose_before(struct run *run, const struct choice *choice);

/* Keeps processes by verdict and by a finding's signature; to be called after
 * findings_raise(). True: some were left out, and the totals of the run must be computed again
 * (judge_run(), findings_raise()). */
bool choose_after(struct run *run, const struct choice *choice);

#endif
