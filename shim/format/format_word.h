/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format_word.h - what all rows of the trace are made of.
 */
#ifndef UNFLUSHED_FORMAT_WORD_H
#define UNFLUSHED_FORMAT_WORD_H

#include <stdint.h>

/* "Not known" in signed columns: these columns have no other value equal to it. */
#define TRACE_UNKNOWN INT32_MIN

/*
 * A string: its length without the NUL (16 bit), its bytes, a NUL. A
 * reference is the offset of the length from the section's start; 0 is "no
 * string" (the section starts with an unused word).
 */
typedef uint32_t trace_string;

#define TRACE_SIZE_IS(type, bytes)                                                             \
	_Static_assert(sizeof(struct type) == (bytes), #type " has grown: a new format")

#endif
