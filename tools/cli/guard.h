/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guard.h - the policy of `check` and `run --check`: finds, reads and applies it, and prints
 * the result.
 */
#ifndef UNFLUSHED_CLI_GUARD_H
#define UNFLUSHED_CLI_GUARD_H

#include <stdbool.h>

#include "compare/side.h"
#include "options/options.h"
#include "policy/policy.h"

struct guard_given {
	const char *policy;	 /* NULL: search for one */
	const char *baseline;	 /* NULL: none */
	const char *write_known; /* NULL: nowhere */
	bool strict;
};

/* The rows of its options; `given`: a struct guard_given. */
#define GUARD_OPTIONS(given)                                                                   \
	{"policy",                                                                             \
	 0,                                                                                    \
	 OPTION_STRING,                                                                        \
	 "FILE",                                                                               \
	 "the rules of the guard, instead of --fail-on (" POLICY_FILE "\n"                     \
	 "in the current folder or the nearest above it)",                                     \
	 .into = &(given).policy},                                                             \
		{"baseline",                                                                   \
		 0,                                                                            \
		 OPTION_STRING,                                                                \
		 "FILE",                                                                       \
		 "a summary (-f json) of an earlier run: only what is new,\n"                  \
		 "or has grown since, fails",                                                  \
		 .into = &(given).baseline},                                                   \
		{"write-known",                                                                \
		 0,                                                                            \
		 OPTION_STRING,                                                                \
		 "FILE",                                                                       \
		 "write the faults there as known cases, ready to be pasted\n"                 \
		 "into a policy (as -f known:FILE)",                                           \
		 .into = &(given).write_known},                                                \
	{                                                                                      \
		"strict", 0, OPTION_FLAG, NULL,                                                \
			"known cases of the policy that have expired, or that\n"               \
			"nothing matched, fail (2)",                                           \
			.into = &(given).strict                                                \
	}

struct guard {
	bool asked;  /* there is a guard to ask */
	bool active; /* a policy, a baseline or a comment decides */
	bool ruled;  /* a policy was read */
	bool strict;
	struct policy policy;
	const char *root;     /* where the sources are, for comments in them; NULL: here */
	const char *baseline; /* NULL: none */
	struct side before;   /* the baseline's faults */
};

/* Finds and reads the policy. False: it has an error, or --fail-on was given as well; the
 * error has been printed, and the exit status is OPTIONS_USAGE. */
bool guard_take(struct guard *guard, const struct guard_given *given, const char *fail_on,
		const char *root);

/* Applies the policy to a run, prints its decision, and marks known cases (run->known,
 * finding->known). To be called before the run is printed. `blind` as for policy_decide(). */
struct policy_answer guard_ask(struct guard *guard, struct run *run, bool blind);

/* The exit status for that decision: a verdict's code, OPTIONS_USAGE because of --strict, or
 * 0. */
int guard_exit_code(const struct guard *guard, const struct policy_answer *answer);

void guard_end(struct guard *guard);

#endif
