/* SPDX-License-Identifier: Apache-2.0 */
/*
 * problems.h - words about a group of processes that have the same fault.
 */
#ifndef UNFLUSHED_FORMATS_PROBLEMS_H
#define UNFLUSHED_FORMATS_PROBLEMS_H

#include "model/model.h"

/* "950 messages lost in 3 processes", of what is known and more than one or none. */
const char *problem_extent(struct run *run, const struct group *group);

#endif
