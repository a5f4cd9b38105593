/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unfold.c - see unfold.h.
 */
#include "pack/unfold.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "file/regular.h"

#define READ_BYTES ((size_t)128 << 10)
#define WINDOW_LOG_MOST 27 /* what `zstd -d` accepts by default */

struct unfold {
	int fd;
	ZSTD_DStream *zstd;
	ZSTD_inBuffer in;  /* of `read` */
	uint64_t read_at;  /* offset in the file where `read` begins */
	uint64_t frame_at; /* offset where the present frame begins */
	bool inside;	   /* that frame has not ended */
	bool distrusted;
	uint64_t unfolded;
	size_t taken, filled; /* of `bytes` */
	char why[120];
	bool wrong;
	uint8_t read[READ_BYTES];
	uint8_t bytes[UNFOLD_BYTES];
};

struct unfold *unfold_begin(int fd)
{
	struct unfold *unfold = malloc(sizeof *unfold);

	if (!unfold)
		return NULL;
	memset(unfold, 0, offsetof(struct unfold, read));
	unfold->fd = fd;
	unfold->in.src = unfold->read;
	unfold->zstd = ZSTD_createDStream();
	if (!unfold->zstd || ZSTD_isError(ZSTD_DCtx_setParameter(
				     unfold->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MOST))) {
		unfold_end(unfold);
		return NULL;
	}
	return unfold;
}

void unfold_end(struct unfold *unfold)
{
	ZSTD_freeDStream(unfold->zstd);
	free(unfold);
}

static uint64_t file_at(const struct unfold *unfold)
{
	return unfold->read_at + unfold->in.pos;
}

__attribute__((format(printf, 2, 3))) static bool wrong(struct unfold *unfold,
							const char *words, ...)
{
	va_list list;

	va_start(list, words);
	vsnprintf(unfold->why, sizeof unfold->why, words, list);
	va_end(list);
	unfold->wrong = true;
	unfold->taken = unfold->filled = 0;
	return false;
}

/* Reads more of the file; in.size is 0 at its end. */
static bool refill(struct unfold *unfold)
{
	uint64_t at = unfold->read_at + unfold->in.size;

	unfold->in.size = regular_read(unfold->fd, unfold->read, READ_BYTES, (off_t)at);
	unfold->in.pos = 0;
	unfold->read_at = at;
	if (unfold->in.size == 0 && errno)
		return wrong(unfold, "%s", strerror(errno));
	return true;
}

static bool grows_too_much(const struct unfold *unfold)
{
	return unfold->unfolded > UNFOLD_SMALL &&
	       unfold->unfolded / UNFOLD_TIMES > file_at(unfold);
}

/* One call of zstd's decompressor. */
static bool step(struct unfold *unfold)
{
	ZSTD_outBuffer out = {unfold->bytes, UNFOLD_BYTES, unfold->filled};

	if (!unfold->inside)
		unfold->frame_at = file_at(unfold);
	size_t left = ZSTD_decompressStream(unfold->zstd, &out, &unfold->in);

	unfold->unfolded += out.pos - unfold->filled;
	unfold->filled = out.pos;
	unfold->inside = left != 0;
	if (ZSTD_isError(left))
		return wrong(unfold, "the frame at byte %" PRIu64 " is damaged: %s",
			     unfold->frame_at, ZSTD_getErrorName(left));
	if (!grows_too_much(unfold))
		return true;
	unfold->distrusted = true;
	return wrong(unfold, "it unfolds to more than %d times its size, as no traces do",
		     UNFOLD_TIMES);
}

/* Decompresses until a frame that was not empty ends, or there is no more room. */
static bool fill(struct unfold *unfold)
{
	unfold->taken = unfold->filled = 0;
	while (unfold->filled < UNFOLD_BYTES && (unfold->inside || unfold->filled == 0)) {
		if (unfold->in.pos == unfold->in.size && !refill(unfold))
			return false;
		if (unfold->in.size == 0 && !unfold->inside)
			return true;
		if (unfold->in.size == 0) {
			/* zstd may have more output without more input. */
			size_t before = unfold->filled;

			if (!step(unfold))
				return false;
			if (unfold->inside && unfold->filled == before)
				return wrong(unfold, "it is cut off at byte %" PRIu64,
					     file_at(unfold));
		} else if (!step(unfold)) {
			return false;
		}
	}
	return true;
}

long unfold_next(struct unfold *unfold, size_t most, const uint8_t **bytes)
{
	if (unfold->wrong || (unfold->taken == unfold->filled && !fill(unfold)))
		return -1;
	size_t count = unfold->filled - unfold->taken;

	if (count > most)
		count = most;
	*bytes = unfold->bytes + unfold->taken;
	unfold->taken += count;
	return (long)count;
}

const char *unfold_why(const struct unfold *unfold)
{
	return unfold->wrong ? unfold->why : NULL;
}

/* Continues at the byte `at` of the file. */
static bool seek(struct unfold *unfold, uint64_t at)
{
	unfold->read_at = at;
	unfold->in.size = unfold->in.pos = 0;
	return refill(unfold) && unfold->in.size >= UNFOLD_MAGIC_BYTES;
}

bool unfold_next_frame(struct unfold *unfold)
{
	uint64_t at = unfold->frame_at + 1;

	while (!unfold->distrusted && seek(unfold, at)) {
		const uint8_t *found =
			memmem(unfold->read, unfold->in.size, UNFOLD_MAGIC, UNFOLD_MAGIC_BYTES);

		if (found) {
			unfold->in.pos = (size_t)(found - unfold->read);
			unfold->frame_at = file_at(unfold);
			unfold->taken = unfold->filled = 0;
			unfold->inside = unfold->wrong = false;
			ZSTD_DCtx_reset(unfold->zstd, ZSTD_reset_session_only);
			return true;
		}
		/* The magic number may be split between two reads. */
		at += unfold->in.size - (UNFOLD_MAGIC_BYTES - 1);
	}
	return false;
}
