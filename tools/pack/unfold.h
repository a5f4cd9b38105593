/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unfold.h - the bytes that zstd frames hold, frame by frame, whoever wrote the file.
 *
 * What is handed out of a frame of at most UNFOLD_BYTES has been held against the frame's
 * checksum; of a longer one only what came last. Damage ends a frame and not the file: the
 * next one is looked for. However much a file claims to hold, this keeps no more than
 * UNFOLD_BYTES of it, and zstd's own window (128 MiB at most, and no more than was unfolded).
 */
#ifndef UNFLUSHED_PACK_UNFOLD_H
#define UNFLUSHED_PACK_UNFOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNFOLD_BYTES ((size_t)4 << 20)
#define UNFOLD_MAGIC "\x28\xb5\x2f\xfd" /* every frame of zstd begins with it (RFC 8878) */
#define UNFOLD_MAGIC_BYTES 4

/* A file may unfold to so many times its size, and to UNFOLD_SMALL at least: traces are mostly
 * zeros, and unfold to 1,400 times; zeros alone, by which a bomb is made, to 32,000 times. */
#define UNFOLD_TIMES 8192
#define UNFOLD_SMALL ((uint64_t)64 << 20)

struct unfold;

/* `fd` stays the caller's. NULL: there is no memory. */
struct unfold *unfold_begin(int fd);
void unfold_end(struct unfold *unfold);

/* The next bytes, which live until the next call: at most `most` of them. 0: the file is at its
 * end; -1: unfold_why() says what is wrong. */
long unfold_next(struct unfold *unfold, size_t most, const uint8_t **bytes);
/* A clause; NULL: nothing was wrong so far. */
const char *unfold_why(const struct unfold *unfold);

/* Goes on behind where the present frame begins: at the next place that looks like the begin of
 * one. False: there is none, or the file is not to be trusted any more. */
bool unfold_next_frame(struct unfold *unfold);

#endif
