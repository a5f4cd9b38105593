/* SPDX-License-Identifier: Apache-2.0 */
/*
 * removal.h - takes a trace away, and nothing else that may have its name by now.
 */
#ifndef UNFLUSHED_KEEP_REMOVAL_H
#define UNFLUSHED_KEEP_REMOVAL_H

#include <stdbool.h>
#include <sys/stat.h>

/* Removes `path` if it still is the file of `was` (lstat()), untouched since then, and a
 * regular one of the user's. False: *why is a clause, of the C library's or for ever. */
bool removal_of(const char *path, const struct stat *was, const char **why);

/* Would it? The same without the removal. */
bool removal_may(const char *path, const struct stat *was, const char **why);

#endif
