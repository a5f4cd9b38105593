/* SPDX-License-Identifier: Apache-2.0 */
/*
 * where.h - the line that lost most of what certainly did not arrive, over all processes.
 */
#ifndef UNFLUSHED_JUDGE_WHERE_H
#define UNFLUSHED_JUDGE_WHERE_H

#include "model/model.h"

/* Of a run whose losses are counted. Without a process: no line is known to have lost one. */
struct where where_find(struct run *run);

#endif
