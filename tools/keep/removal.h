/* SPDX-License-Identifier: Apache-2.0 */
/*
 * removal.h - removes a trace, but no other file that may have its name by now.
 */
#ifndef UNFLUSHED_KEEP_REMOVAL_H
#define UNFLUSHED_KEEP_REMOVAL_H

#include <stdbool.h>
#include <sys/stat.h>

/* Removes `path` if it still is the file of `was` (lstat()), unchanged since then, a regular
 * file and the user's. False: *why is a clause, from strerror() or a constant. */
bool removal_of(const char *path, const struct stat *was, const char **why);

/* The same without the removal: whether removal_of() would remove it. */
bool removal_may(const char *path, const struct stat *was, const char **why);

#endif
