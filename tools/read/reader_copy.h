/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader_copy.h - copies the bytes of a trace as they are now.
 */
#ifndef UNFLUSHED_READ_READER_COPY_H
#define UNFLUSHED_READ_READER_COPY_H

#include "read/reader.h"

/*
 * Copies `fd`, which regular_open() opened; with READER_COUNTERS without its
 * rings. False with a fault. *bytes is NULL, or must be freed with
 * reader_copy_free(), also on success.
 */
bool reader_copy(struct reader *reader, int fd, enum reader_depth depth, uint8_t **bytes,
		 size_t *size);

/* Also frees bytes that came from malloc(). */
void reader_copy_free(uint8_t *bytes);

#endif
