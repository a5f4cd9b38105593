/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - from trace files to a report and a verdict, for `report`, `check` and `run`.
 */
#ifndef UNFLUSHED_REPORT_H
#define UNFLUSHED_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "model/verdict.h"

/* A program that ran without the shim, and may have been a producer. */
struct report_unloaded {
	pid_t pid;
	const struct suspect *suspect;
};

/* What `run` knows about its host beyond the traces. With it a run that left
 * no trace at all still has a verdict (blind) and a finding that says why. */
struct report_host {
	const char *program; /* as it was found: a path */
	char *const *argv;   /* ends with NULL */
	pid_t pid;
	bool reaped;
	int wait_status; /* as waitpid() gave it, when reaped */

	/* The host's own pid stands in the mark file: the shim's constructor ran. */
	bool shim_loaded;
	/* Why it could not load, when that is known: words that follow "because",
	 * e.g. "it is linked statically", "it is setuid root". NULL: not known. */
	const char *cannot_load;
	/* Why the shim fell silent before it had a trace, in this process or one
	 * that it started; NULL: it did not. */
	const char *silent_reason;
	pid_t silent_pid;
	/* Of those that it, or what it started, became or started. */
	const struct report_unloaded *unloaded;
	size_t unloaded_count;
	/* librdkafka is linked into the executable itself. */
	bool librdkafka_static;
	/* "127.0.0.1:PORT" of the embedded broker; NULL without one. */
	const char *broker;
	/* Connects are redirected to it (UNFLUSHED_REDIRECT). */
	bool redirect;
};

enum report_colour {
	COLOUR_AUTO = 0, /* when `out` is a terminal and NO_COLOR is not set */
	COLOUR_NEVER,
	COLOUR_ALWAYS,
};

struct report_options {
	const char *const *paths; /* trace files and directories of them */
	size_t path_count;
	const char *format; /* a name of REPORT_FORMATS; NULL: text */
	enum report_colour colour;
	const struct report_host *host; /* NULL outside of `run` */
};

#define REPORT_FORMATS "text|json"
#define REPORT_UNREADABLE 3
#define REPORT_NO_TRACE 4 /* not an exit status */

/*
 * Reads, judges, prints to `out` (NULL: judges only). Answers 0;
 * REPORT_UNREADABLE when a path could not be read; REPORT_NO_TRACE when a
 * directory held no trace. In the latter two that has been said on stderr,
 * what could be read has been printed all the same, and *verdict is at least
 * blind. With a host an empty directory is no error: it is the finding.
 *
 * In a directory only names that end with TRACE_SUFFIX are looked at.
 */
int report_paths(const struct report_options *options, FILE *out, enum verdict *verdict);

#endif
