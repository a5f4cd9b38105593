/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_PROGRAM_SEARCH_H
#define UNFLUSHED_PROGRAM_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

/* Where execvp() would find `program`; false: nowhere. */
bool search_program(const char *program, char *path, size_t path_bytes);

#endif
