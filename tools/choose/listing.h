/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listing.h - the traces of the processes that are not clean, for other programs to take.
 */
#ifndef UNFLUSHED_CHOOSE_LISTING_H
#define UNFLUSHED_CHOOSE_LISTING_H

#include <stdio.h>

#include "model/model.h"

/* Prints their paths as the commands take them, each followed by a newline, or with `nul` by a
 * NUL and unescaped. In lines, newlines and control characters are escaped; returns how many
 * paths have such characters, so that what is printed is not their name. */
size_t listing_print(const struct run *run, bool nul, FILE *out);

#endif
