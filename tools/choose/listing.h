/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listing.h - the traces of the processes that are not clean, for other programs to take.
 */
#ifndef UNFLUSHED_CHOOSE_LISTING_H
#define UNFLUSHED_CHOOSE_LISTING_H

#include <stdio.h>

#include "model/model.h"

/* Their paths as the commands take them, each followed by a newline; with `nul` by a 0, and
 * byte for byte. In lines, what a line or a terminal does not bear is escaped: answers of how
 * many paths that is so, which nobody finds by them. */
size_t listing_print(const struct run *run, bool nul, FILE *out);

#endif
