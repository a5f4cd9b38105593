/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unfold.h - decompresses zstd frames, frame by frame, also of hostile files.
 *
 * The bytes of a frame of at most UNFOLD_BYTES are returned only after its
 * checksum was verified; for a longer frame that holds only for the last bytes.
 * Damage ends a frame and not the file: the next frame is searched. Whatever
 * size a file claims, this keeps no more than UNFOLD_BYTES of it, and zstd's
 * own window (128 MiB at most, and no more than was decompressed).
 */
#ifndef UNFLUSHED_PACK_UNFOLD_H
#define UNFLUSHED_PACK_UNFOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNFOLD_BYTES ((size_t)4 << 20)
#define UNFOLD_MAGIC "\x28\xb5\x2f\xfd" /* every frame of zstd begins with it (RFC 8878) */
#define UNFOLD_MAGIC_BYTES 4

/* A file may decompress to this many times its size, and to UNFOLD_SMALL in any case. Traces
 * are mostly zeros, and reach 1,400 times; a file of zeros alone (a decompression bomb) reaches
 * 32,000 times. */
#define UNFOLD_TIMES 8192
#define UNFOLD_SMALL ((uint64_t)64 << 20)

struct unfold;

/* The caller keeps `fd`. NULL: there is no memory. */
struct unfold *unfold_begin(int fd);
void unfold_end(struct unfold *unfold);

/* Returns the next bytes, at most `most`, which are valid until the next call. 0: the file has
 * ended; -1: unfold_why() says what is wrong. */
long unfold_next(struct unfold *unfold, size_t most, const uint8_t **bytes);
/* A clause; NULL: nothing is wrong. */
const char *unfold_why(const struct unfold *unfold);

/* Searches the next frame behind the beginning of the present one, by its magic number. False:
 * there is none, or the file is refused. */
bool unfold_next_frame(struct unfold *unfold);

#endif
