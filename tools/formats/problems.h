/* SPDX-License-Identifier: Apache-2.0 */
/*
 * problems.h - the text about a group of processes that have the same fault.
 */
#ifndef UNFLUSHED_FORMATS_PROBLEMS_H
#define UNFLUSHED_FORMATS_PROBLEMS_H

#include "model/model.h"

/* "950 messages lost in 3 processes", without what is unknown, 0 or a single process. */
const char *problem_extent(struct run *run, const struct group *group);

#endif
