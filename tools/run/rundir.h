/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RUN_RUNDIR_H
#define UNFLUSHED_RUN_RUNDIR_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The directories of one run. */
struct rundir {
	char outer[PATH_MAX - 40]; /* removed at the end, with what is in it; empty: none */
	char own[PATH_MAX];	   /* the same, or of root's a secret one in it */
	char traces[PATH_MAX];	   /* absolute: where the guest writes */
	char mark[PATH_MAX + 16];  /* to which the shims add lines (markfile.h) */
	char shim[PATH_MAX + 32];  /* the shim, under a name fit for LD_PRELOAD */
	char audit[PATH_MAX + 32]; /* the auditor beside it, for LD_AUDIT; empty: none */
	bool kept;		   /* `traces` is the user's and stays */
	char **before;		   /* traces that were there before the run */
	size_t before_count;
};

/*
 * `keep` is the user's directory for traces (made if it is missing) or NULL.
 * Answers false with a sentence in `why` when the host could not record there:
 * not writable, or no room for a trace. rundir_remove() is due in any case.
 */
bool rundir_make(struct rundir *dir, const char *keep, const char *shim, char *why,
		 size_t why_bytes);

/* The traces that this run made: an array of paths that ends with NULL, to
 * be given back to rundir_free_list(); NULL when the directory cannot be read. */
char **rundir_new_traces(const struct rundir *dir, size_t *count);
void rundir_free_list(char **list, size_t count);

/* Writes how the process ended, as waitpid() told it, into each trace of it
 * (an exec makes a new one). Answers how many were written. */
size_t rundir_observe(const struct rundir *dir, pid_t pid, uint64_t start_ticks,
		      int wait_status, int64_t now_ns);

void rundir_remove(struct rundir *dir);

#endif
