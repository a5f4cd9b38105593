/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows.h - the order of a table's rows, for whoever makes or prints one.
 */
#ifndef UNFLUSHED_MODEL_ROWS_H
#define UNFLUSHED_MODEL_ROWS_H

#include "model/model.h"

/* Below 0: `a` comes first. More comes before less, earlier before later but by ROWS_BY_LAST,
 * and what is not known behind all. 0 also by ROWS_BY_BADNESS. */
int rows_compare(enum rows_order order, const struct row_numbers *a,
		 const struct row_numbers *b);

struct row_numbers rows_of_group(const struct group *group);

#endif
