/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold.h - compresses bytes into zstd frames, each with a checksum.
 */
#ifndef UNFLUSHED_PACK_FOLD_H
#define UNFLUSHED_PACK_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct fold;

/* The caller keeps `out`. NULL: there is no memory. */
struct fold *fold_begin(FILE *out);
void fold_end(struct fold *fold);

/* False, with errno: it could not be written. */
bool fold_add(struct fold *fold, const void *bytes, size_t count);
/* Begins another frame, which can be read if this one is damaged. */
bool fold_frame(struct fold *fold);
/* How many bytes went into the present frame. */
size_t fold_in_frame(const struct fold *fold);

#endif
