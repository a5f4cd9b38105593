/* SPDX-License-Identifier: Apache-2.0 */
/*
 * traced.h - finds the trace that a running process writes to.
 */
#ifndef UNFLUSHED_PROGRAM_TRACED_H
#define UNFLUSHED_PROGRAM_TRACED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Finds its path, as this process can open it: for a process in another container, below
 * /proc/PID/root. False: *why is a clause (from strerror() or a constant), and `path` is
 * empty. */
bool traced_find(pid_t pid, char *path, size_t bytes, const char **why);

#endif
