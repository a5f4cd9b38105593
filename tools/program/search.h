/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_PROGRAM_SEARCH_H
#define UNFLUSHED_PROGRAM_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

/* Finds the file that execvp() would run for `program`; false: there is none. */
bool search_program(const char *program, char *path, size_t path_bytes);

#endif
