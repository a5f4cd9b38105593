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

/* Our function for calls of `name` of the copy in the object at `bias`; NULL: none is left
 * (entry/thunks.c). */
typedef void *linked_via_fn(const char *name, uintptr_t bias);

/*
 * From the library's constructor, in a process that records. Nothing happens in a program that
 * has opened us as it ran. Else looks whether the program holds
 * a librdkafka, and if so stands in for it. What came of it is noted in
 * settings_early_notes.
 */
void linked_open(linked_via_fn *via);

#endif
