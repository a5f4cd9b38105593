/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init.h - `run` as the first process of a container.
 *
 * PID 1 gets every orphan as its child, and takes all others with it when it ends. So would
 * the host in our place: what outlives it has ended by the time of the report, as it would
 * have without us, and is no riddle in it.
 */
#ifndef UNFLUSHED_RUN_INIT_H
#define UNFLUSHED_RUN_INIT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define LEFT_NAMED 4 /* further ones are counted */

/* Processes that outlived the host. */
struct left {
	size_t count; /* as /proc has them; without it nobody is counted */
	struct {
		pid_t pid;
		char name[16];
	} named[LEFT_NAMED];
};

bool init_is_ours(void);

/* Once the host is reaped, and only as PID 1: ends and reaps all others. */
void init_end(struct left *left);

#endif
