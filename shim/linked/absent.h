/* SPDX-License-Identifier: Apache-2.0 */
/*
 * absent.h - functions to call in place of librdkafka's that the linker left
 * out.
 */
#ifndef UNFLUSHED_LINKED_ABSENT_H
#define UNFLUSHED_LINKED_ABSENT_H

/* Returns a function of the same type whose result means "unknown" or "nothing". NULL: the
 * guest does not call `name` in a copy that lacks it, or cannot do without it. */
void *absent_function(const char *name);

#endif
