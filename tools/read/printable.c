/* SPDX-License-Identifier: Apache-2.0 */
/*
 * printable.c - see printable.h. One rule for the report and the dump.
 */
#include "read/printable.h"

/* Bytes of the well-formed UTF-8 sequence at `at`, 0 when there is none. */
static size_t sequence_bytes(const unsigned char *at, size_t left)
{
	size_t bytes = at[0] < 0x80   ? 1
		       : at[0] < 0xc2 ? 0
		       : at[0] < 0xe0 ? 2
		       : at[0] < 0xf0 ? 3
		       : at[0] < 0xf5 ? 4
				      : 0;

	if (!bytes || bytes > left)
		return 0;
	for (size_t i = 1; i < bytes; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return bytes;
}

/* Control characters (also the C1 ones) could drive the reader's terminal. */
static bool is_control(const unsigned char *at, size_t bytes)
{
	return (bytes == 1 && (at[0] < 0x20 || at[0] == 0x7f)) ||
	       (bytes == 2 && at[0] == 0xc2 && at[1] < 0xa0);
}

size_t printable_bytes(const char *at, size_t left, bool *shown)
{
	size_t bytes = sequence_bytes((const unsigned char *)at, left);

	*shown = bytes && !is_control((const unsigned char *)at, bytes);
	return bytes ? bytes : 1;
}
