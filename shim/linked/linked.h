/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linked.h - a librdkafka that is linked into the program itself.
 *
 * No preload library reaches its functions by their names, since the linker has bound the
 * program's calls to them already. So their first instructions are replaced (patch.h) by jumps
 * to the functions that stand in for a shared librdkafka's.
 */
#ifndef UNFLUSHED_LINKED_LINKED_H
#define UNFLUSHED_LINKED_LINKED_H

#include <stdint.h>

/* Returns our function for calls of `name` of the copy in the object that is loaded at `bias`.
 * NULL: all sets of thunks are taken (entry/thunks.c). */
typedef void *linked_via_fn(const char *name, uintptr_t bias);

/*
 * Called from the library's constructor, in a process that records. Looks for a
 * librdkafka inside the program and patches it. Does nothing if the running
 * program opened our library with dlopen(). settings_early_notes gets the
 * result.
 */
void linked_open(linked_via_fn *via);

#endif
