/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RUN_RUNDIR_H
#define UNFLUSHED_RUN_RUNDIR_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "run/markfile.h"
#include "run/origin.h"

/* Identifies a directory, to recognise another one that took its name. */
struct place {
	dev_t device;
	ino_t inode;
};

/* A file that is no trace of this run. */
struct stranger {
	char *path;
	char why[100]; /* words that follow "is not of this run: " */
};

/* The directories of one run. */
struct rundir {
	char outer[PATH_MAX - 40]; /* removed at the end, with what is in it; empty: none */
	char own[PATH_MAX];	   /* the same, or for root a secret directory in it */
	char traces[PATH_MAX];	   /* absolute: where the guest writes */
	char mark[PATH_MAX + 16];  /* the shims add lines to it (markfile.h) */
	char shim[PATH_MAX + 32];  /* the shim, under a name fit for LD_PRELOAD */
	char audit[PATH_MAX + 32]; /* the auditor beside it, for LD_AUDIT; empty: none */
	char run[RUN_NUMBER_DIGITS + 1]; /* the run's number, which its traces contain */
	bool kept;			 /* `traces` is the user's, and stays */
	struct place own_place, traces_place;
	char **before; /* traces that were there before the run */
	size_t before_count;
};

/*
 * `keep` is the user's directory for traces (made if it is missing) or NULL.
 * Returns false with a sentence in `why` when the host could not record there:
 * not writable, or no room for a trace. rundir_remove() must be called in any case.
 */
bool rundir_make(struct rundir *dir, const char *keep, const char *shim, char *why,
		 size_t why_bytes);

/* The files in the directory that were not there before the run. */
struct rundir_found {
	char **traces; /* of this run: paths, and NULL behind them */
	size_t count;
	struct stranger *strangers;
	size_t stranger_count;
};

/* `marks` may be NULL: then a trace that is too damaged to have a run's number is a stranger.
 */
void rundir_find(const struct rundir *dir, const struct marks *marks,
		 struct rundir_found *found);
void rundir_found_free(struct rundir_found *found);

/*
 * Whether the files there, and the mark file, can be relied upon. If not, `why` has a sentence
 * without its full stop: another user could add or remove traces, or has, or marks are missing.
 * To be called after rundir_make(), without `marks`, and when the host has ended.
 */
bool rundir_is_safe(const struct rundir *dir, const struct marks *marks, char *why,
		    size_t why_bytes);

/* Writes how the process ended, the status of waitpid(), into each of its traces
 * (an exec makes a new one). Returns how many were written. */
size_t rundir_observe(const struct rundir *dir, pid_t pid, uint64_t start_ticks,
		      int wait_status, int64_t now_ns);

/*
 * Frees the disk blocks that were never written to, in traces that stay. Not in one whose
 * process still runs: on a full disk it would be killed when it needs such a block (sparse.h).
 */
void rundir_shrink(const struct rundir_found *found);

void rundir_remove(struct rundir *dir);

#endif
