/* SPDX-License-Identifier: Apache-2.0 */
/*
 * series.h - reads the moments of a trace, and draws them.
 */
#ifndef UNFLUSHED_MODEL_SERIES_H
#define UNFLUSHED_MODEL_SERIES_H

#include "model/model.h"

/* The moments in `count` rows, in order of time: what is being written, and what a fold
 * has left behind, is passed over. Totals never go back. Returns how many. */
size_t series_take(const struct trace_moment *rows, size_t count, struct moment *moments);

/* What `total` of a moment grew by in each of `columns` equal parts of the time from the
 * process's start to its last moment, in between two moments evenly; NULL without any. */
const double *series_columns(struct run *run, const struct process *process,
			     int64_t (*total)(const struct moment *moment), size_t columns);

#endif
