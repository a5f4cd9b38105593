/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows.h - the order of a table's rows, for rooms that make or print a table.
 */
#ifndef UNFLUSHED_MODEL_ROWS_H
#define UNFLUSHED_MODEL_ROWS_H

#include "model/model.h"

/* Below 0: `a` comes first. Higher numbers come before lower ones, earlier times before later
 * ones except for ROWS_BY_LAST, and unknown values last. Always 0 for ROWS_BY_BADNESS. */
int rows_compare(enum rows_order order, const struct row_numbers *a,
		 const struct row_numbers *b);

struct row_numbers rows_of_group(const struct group *group);

#endif
