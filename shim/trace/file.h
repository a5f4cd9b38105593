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

/* In a forked child: maps anonymous memory, with the header of an empty trace, over the mapping
 * of the parent's trace. Pointers into that stay valid, and what is written through them
 * reaches no file. False: no trace was mapped, or the kernel refused. */
bool tracefile_pretend(void);

#endif
