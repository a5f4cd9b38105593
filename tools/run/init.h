/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init.h - `run` as the first process of a container.
 *
 * PID 1 gets every orphan as its child, and all processes of the container are killed when it
 * ends. Without us the host would be PID 1. So processes that outlive the host are ended here
 * before the report, as they would have been without us, and the report knows their end.
 */
#ifndef UNFLUSHED_RUN_INIT_H
#define UNFLUSHED_RUN_INIT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define LEFT_NAMED 4 /* further ones are counted */

/* Processes that outlived the host. */
struct left {
	size_t count; /* as listed in /proc; 0 without it */
	struct {
		pid_t pid;
		char name[16];
	} named[LEFT_NAMED];
};

bool init_is_ours(void);

/* Once the host is reaped, and only as PID 1: ends and reaps all others. */
void init_end(struct left *left);

#endif
