/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold.c - see fold.h.
 */
#include "pack/fold.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <zstd.h>

/* One thread and no setting that depends on the machine: so the same bytes make the same
 * frames. */
#define LEVEL 12
#define WRITE_BYTES ((size_t)64 << 10)

struct fold {
	FILE *out;
	ZSTD_CStream *zstd;
	size_t in_frame;
	uint8_t bytes[WRITE_BYTES];
};

static bool set_up(ZSTD_CStream *zstd)
{
	return zstd &&
	       !ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, LEVEL)) &&
	       !ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1));
}

struct fold *fold_begin(FILE *out)
{
	struct fold *fold = calloc(1, sizeof *fold);

	if (!fold)
		return NULL;
	fold->out = out;
	fold->zstd = ZSTD_createCStream();
	if (set_up(fold->zstd))
		return fold;
	fold_end(fold);
	return NULL;
}

void fold_end(struct fold *fold)
{
	ZSTD_freeCStream(fold->zstd);
	free(fold);
}

static bool work(struct fold *fold, ZSTD_inBuffer *in, ZSTD_EndDirective what)
{
	size_t left;

	do {
		ZSTD_outBuffer out = {fold->bytes, WRITE_BYTES, 0};

		left = ZSTD_compressStream2(fold->zstd, &out, in, what);
		if (ZSTD_isError(left)) {
			errno = ENOMEM; /* it has no other reason to fail here */
			return false;
		}
		if (fwrite(fold->bytes, 1, out.pos, fold->out) != out.pos)
			return false;
	} while (what == ZSTD_e_end ? left > 0 : in->pos < in->size);
	return true;
}

bool fold_add(struct fold *fold, const void *bytes, size_t count)
{
	ZSTD_inBuffer in = {bytes, count, 0};

	fold->in_frame += count;
	return work(fold, &in, ZSTD_e_continue);
}

bool fold_frame(struct fold *fold)
{
	ZSTD_inBuffer none = {0};

	if (fold->in_frame == 0)
		return true;
	fold->in_frame = 0;
	return work(fold, &none, ZSTD_e_end);
}

size_t fold_in_frame(const struct fold *fold)
{
	return fold->in_frame;
}
