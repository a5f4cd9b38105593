/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bytes.h - a buffer of bytes that were read from one descriptor and are to be written to
 * another.
 */
#ifndef UNFLUSHED_PROVE_BYTES_H
#define UNFLUSHED_PROVE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* The bytes from `from` to `to` are still to be written. All zero: none. */
struct bytes {
	uint8_t *at;
	size_t from, to, room;
	uint64_t passed; /* written since the beginning */
};

void bytes_add(struct bytes *bytes, const uint8_t *more, size_t count);
void bytes_free(struct bytes *bytes);

static inline size_t bytes_left(const struct bytes *bytes)
{
	return bytes->to - bytes->from;
}

/* Writes at most `most` of them to a socket that does not block. 0, or errno; EAGAIN is 0. */
int bytes_write(struct bytes *bytes, int fd, size_t most);

#endif
