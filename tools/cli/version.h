/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version.h - prints version and commit, the libraries that were built in, and what is
 * supported.
 */
#ifndef UNFLUSHED_CLI_VERSION_H
#define UNFLUSHED_CLI_VERSION_H

#include <stdio.h>

/* The commit of the source that this was built from; tools/commit.cmake writes it at each
 * build. */
extern const char version_commit[];

/* `commit` is version_commit, which is only linked into the program, not into unit tests. */
void version_print(FILE *out, const char *commit);

#endif
