/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - from trace files to a report and a verdict, for `report`, `check` and `run`.
 */
#ifndef UNFLUSHED_CLI_REPORT_H
#define UNFLUSHED_CLI_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "choose/by.h"
#include "choose/choose.h"
#include "cli/guard.h"
#include "model/host.h"
#include "model/model.h"
#include "model/verdict.h"
#include "options/options.h"

struct report_options {
	const char *const *paths; /* trace files and directories of them */
	size_t path_count;
	const struct host *host;     /* NULL outside of `run` */
	struct option_list not_mine; /* of NOT_MINE_OPTION */
	struct choice choice;	     /* which processes; empty: all */
	struct by_given by;	     /* its tables */
	struct guard *guard;	     /* asked if it has a policy; NULL: there is no guard */
	/* Called with the judged run, which is valid until it returns; NULL: only judges. */
	void (*print)(void *to, struct run *run);
	void *to;
};

/* The row of an option that all three have; `list`: a struct option_list. */
#define NOT_MINE_OPTION(list)                                                                  \
	{                                                                                      \
		"not-mine", 0, OPTION_LIST, "PATTERN",                                         \
			"name no line as the one that produces whose file,\n"                  \
			"function (with its class) or module has this in it\n"                 \
			"(* stands for anything): a wrapper's; may be repeated",               \
			.into = &(list)                                                        \
	}

/* Rows of the options that choose processes; `given`: a struct choose_given. */
/* clang-format off */
#define CHOOSE_OPTIONS(given)                                                                   \
	{ "since", 0, OPTION_STRING, "TIME",                                                    \
	  "only processes that lived at or after it: RFC 3339, a day\n"                         \
	  "(2026-11-27, UTC), or so long ago (30m, 2h, 7d)", .into = &(given).since },           \
	{ "until", 0, OPTION_STRING, "TIME", "or at or before it", .into = &(given).until },     \
	{ "exe", 0, OPTION_STRING, "GLOB",                                                      \
	  "of this name: script, jar, class or executable", .into = &(given).exe },              \
	{ "topic", 0, OPTION_STRING, "GLOB", "that produced to such a topic",                    \
	  .into = &(given).topic },                                                             \
	{ "verdict", 0, OPTION_STRING, "VERDICT[,VERDICT...]", "with one of these verdicts",     \
	  .into = &(given).verdicts },                                                          \
	{ "only", 0, OPTION_STRING, "SIGNATURE",                                                \
	  "with a finding of that signature (4 digits of it at least)", .into = &(given).only }
/* clang-format on */

/* Rows of the options of its tables; `given`: a struct by_given. */
/* clang-format off */
#define BY_OPTIONS(given)                                                                       \
	{ "by", 0, OPTION_CHOICE, "KEY",                                                        \
	  "a table of all messages, in text and in JSON, by",                                    \
	  .into = &(given).by, .choices = BY_KEYS },                                            \
	{ "sort", 0, OPTION_CHOICE, "COLUMN",                                                   \
	  "the order of a text's tables, and of that one (the worst\n"                          \
	  "first)", .into = &(given).order, .choices = BY_ORDERS },                             \
	{ "top", 0, OPTION_NUMBER, "N", "list so many rows of a text's tables",                  \
	  .into = &(given).listed, .least = 1, .most = 1000000 }
/* clang-format on */

/* Parses the options that choose processes; relative times count from now. False with a
 * sentence in `why` (CHOOSE_WHY_BYTES). */
bool report_choice(struct choice *choice, const struct choose_given *given, char *why);

/* What the exit status of `check` and `run --check` depends on. */
struct report_outcome {
	enum verdict verdict;
	bool nothing_arrived; /* messages were produced: none was delivered or unconfirmed */
	const struct guard *guard; /* has a policy; its answer to the run is: */
	struct policy_answer answer;
};

/*
 * The exit status of `check` and `run --check`. `mildest`: the mildest verdict
 * that fails (if there is a policy, that decides instead). Returns the
 * verdict's code or 0. A run of which no message arrived fails whatever its
 * verdict is. `answer` is report_paths()'s result: if something could not be
 * read the status is 3, unless the run fails with a verdict that is worse than
 * blind.
 */
int report_exit_status(const struct report_outcome *outcome, enum verdict mildest, int answer);

#define REPORT_UNREADABLE 3
#define REPORT_NO_TRACE 4 /* not an exit status */

/*
 * Reads, judges, prints. Returns 0; REPORT_UNREADABLE when a path could not be
 * read; REPORT_NO_TRACE when a directory held no trace. In the latter two cases
 * the error has been printed on stderr, the rest (a run without processes, if
 * there is none) has been printed all the same, and the verdict is at least
 * blind. With a host an empty directory is no error: a finding says it.
 *
 * In a directory only names that end with TRACE_SUFFIX are read.
 */
int report_paths(const struct report_options *options, struct report_outcome *outcome);

#endif
