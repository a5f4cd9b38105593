/* SPDX-License-Identifier: Apache-2.0 */
/*
 * printable.h - which bytes of a trace may go to a person's terminal or a parser.
 */
#ifndef UNFLUSHED_READ_PRINTABLE_H
#define UNFLUSHED_READ_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Bytes of the character at `at`, of which `left` (at least 1) are there. It is
 * `shown` when it is well-formed UTF-8 and no control character; else a '?'
 * stands for those bytes.
 */
size_t printable_bytes(const char *at, size_t left, bool *shown);

#endif
