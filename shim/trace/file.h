/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.h - makes a process's trace: one file of fixed size, mapped.
 */
#ifndef UNFLUSHED_TRACE_FILE_H
#define UNFLUSHED_TRACE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Makes DIRECTORY/<pid>-<start ticks>.trace and maps it: `trace` then says where. On
 * failure returns false with a static sentence in *reason, and leaves
 * neither file, mapping nor descriptor.
 */
bool tracefile_make(bool forked, const char **reason);

/* In a forked child: puts an empty trace without a file in the place of its
 * parent's, so that pointers into that one stay good and tell nothing. False
 * if there was none. */
bool tracefile_pretend(void);

#endif
