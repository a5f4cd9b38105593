/* SPDX-License-Identifier: Apache-2.0 */
/*
 * traced.h - the trace that a running process writes to.
 */
#ifndef UNFLUSHED_PROGRAM_TRACED_H
#define UNFLUSHED_PROGRAM_TRACED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Its path, as this process can open it: in another container it lies below /proc/PID/root.
 * False: *why is a clause, of the C library's or for ever, and `path` is empty. */
bool traced_find(pid_t pid, char *path, size_t bytes, const char **why);

#endif
