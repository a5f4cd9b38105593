/* SPDX-License-Identifier: Apache-2.0 */
/*
 * choose.h - which processes of a run a report is about.
 */
#ifndef UNFLUSHED_CHOOSE_H
#define UNFLUSHED_CHOOSE_H

#include "model/model.h"

/* As it was asked for; NULL: not. */
struct choose_given {
	const char *since, *until;   /* moment.h */
	const char *topic, *exe;     /* globs (fnmatch) */
	const char *verdicts, *only; /* "lost,at_risk"; a signature's digits, or their begin */
};

struct choice {
	int64_t since_ns, until_ns; /* CLOCK_REALTIME; UNKNOWN: no bound */
	const char *topic, *exe, *only;
	unsigned verdicts; /* a bit for each; 0: any */
	bool any;	   /* something was asked for */
};

#define CHOOSE_WHY_BYTES 200
#define CHOOSE_DIGITS_LEAST 4

/* False with a sentence in `why`: something is not as it must be. */
bool choose_take(struct choice *choice, const struct choose_given *given, int64_t now_ns,
		 char *why, size_t why_bytes);

/*
 * Keeps the processes that were alive at a moment between since and until, that are a program
 * of that name (what it runs, or the executable), and of which a producer has such a topic.
 * Before judge_run().
 */
void choose_before(struct run *run, const struct choice *choice);

/* By verdict, and by a finding's signature; after findings_raise(). True: some were left out,
 * and what stands in the run about all of them (judge_run(), findings_raise()) is to be made
 * again. */
bool choose_after(struct run *run, const struct choice *choice);

#endif
