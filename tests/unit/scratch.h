/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stddef.h>

/* A directory for one test program, removed with all in it at the end. */
int scratch_make(void **state);
int scratch_remove(void **state);

/* The path of a file in it; valid until 16 more were asked for. */
const char *scratch_path(const char *name);
const char *scratch_write(const char *name, const char *text);

/* Runs a shell command in it; fails the test if the command fails. */
void scratch_shell(const char *words, ...) __attribute__((format(printf, 1, 2)));

#endif
