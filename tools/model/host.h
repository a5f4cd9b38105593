/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host.h - facts that run/ passes to the model beyond those in the traces.
 */
#ifndef UNFLUSHED_MODEL_HOST_H
#define UNFLUSHED_MODEL_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A program that ran without the shim, and may have been a producer. */
struct host_unloaded {
	pid_t pid;
	char path[4096];       /* as it was found; else its name as far as known */
	char unloaded[256];    /* why it had no shim: words that follow "because" */
	const char *suspicion; /* why it may have produced: a constant sentence */
};

/* Answers to Produce that the relay of `run --prove` withheld from a process of the run. Times
 * are CLOCK_MONOTONIC in nanoseconds; 0: it has not happened. */
struct host_withheld {
	int32_t pid;
	uint64_t start_ticks;
	int64_t trace_ns;    /* when its trace was made, as in SECTION_PROCESS */
	int64_t patience_ns; /* how long each was withheld, unless ended earlier */
	int64_t held_ns;     /* how long at least one was withheld, in total */
	uint64_t holds;	     /* number of answers withheld, by what ended that: */
	uint64_t by_wait;    /* the application waited, */
	uint64_t by_time;    /* the time was over, */
	uint64_t by_end;     /* the connection ended */
	bool shortened;	     /* the limit on the total time was reached */
	uint64_t purged;     /* a bit for each producer (by row) that was purged meanwhile */
};

/* A connection of a process that went through the relay. */
struct host_line {
	int32_t pid;
	uint32_t socket; /* its row of SECTION_SOCKET */
	uint64_t start_ticks;
	int64_t trace_ns;
	int64_t last_ns;    /* when the last answer to Produce came */
	int64_t due_ns;	    /* the last one came that was withheld for its full time */
	int64_t due_for_ns; /* how long that one was withheld */
	int64_t cut_ns;	    /* the host closed it while answers were withheld */
	bool lost;	    /* its frames could not be followed (to its end) */
};

/* What `run` knows about its host beyond the traces. With that, a run without a trace still
 * has a verdict (blind) and a finding that says why. */
struct host {
	const char *program; /* as it was found: a path */
	char *const *argv;   /* ends with NULL */
	pid_t pid;
	bool reaped;
	int wait_status; /* of waitpid(), if reaped */

	/* The mark file has the host's own pid: the shim's constructor ran. */
	bool shim_loaded;
	/* Why the shim could not be loaded: words that follow "because", e.g. "it is linked
	 * statically", "it is setuid root". NULL: not known. */
	const char *cannot_load;
	/* Why the shim stopped recording before it had a trace, in this process or one
	 * that it started; NULL: it did not. */
	const char *silent_reason;
	pid_t silent_pid;
	/* Why the traces cannot be trusted: a sentence without its full stop; NULL: they
	 * can. */
	const char *doubt;
	/* Programs that ran without the shim, started (or exec'd) by the host or its children.
	 */
	const struct host_unloaded *unloaded;
	size_t unloaded_count;
	/* librdkafka is linked into the executable itself. */
	bool librdkafka_static;
	/* "127.0.0.1:PORT" of the embedded broker; NULL without one. */
	const char *broker;
	/* Why the embedded broker could not serve a client: a sentence without its full stop;
	 * NULL: it served all of them. */
	const char *unserved;
	/* Connections are redirected to the embedded broker (UNFLUSHED_REDIRECT). */
	bool redirect;
	/* `run --prove`. */
	bool proves;
	bool proof_broke; /* the relay ended too early, or had no room: nothing is proven */
	const struct host_withheld *withheld;
	size_t withheld_count;
	const struct host_line *lines;
	size_t line_count;
};

#endif
