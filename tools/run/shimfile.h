/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RUN_SHIMFILE_H
#define UNFLUSHED_RUN_SHIMFILE_H

#include <stdbool.h>
#include <stddef.h>

/* Finds libunflushed.so: `path` is absolute, with symbolic links resolved. */
bool shimfile_find(char *path, size_t path_bytes);

#endif
