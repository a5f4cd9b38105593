/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digits.h - numbers as text, without stdio (which allocates, and takes locks).
 */
#ifndef UNFLUSHED_GUEST_DIGITS_H
#define UNFLUSHED_GUEST_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Both write `value` to `to`, without a NUL, and return the bytes: at most 20 in
 * decimal, 16 in hexadecimal (lower case). `to` must have room for them. */
size_t digits_decimal(char *to, uint64_t value);
size_t digits_hexadecimal(char *to, uint64_t value);

/* Reads two hexadecimal digits (lower case) a byte. False: `text` has not exactly so many. */
bool digits_bytes(uint8_t *to, size_t bytes, const char *text);

#endif
