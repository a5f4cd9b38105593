/* SPDX-License-Identifier: Apache-2.0 */
/*
 * series.h - reads the moments of a trace, and draws them.
 */
#ifndef UNFLUSHED_MODEL_SERIES_H
#define UNFLUSHED_MODEL_SERIES_H

#include "model/model.h"

/* Takes the moments from `count` rows, in order of time. Skips a row that is being written,
 * and rows that are left over from a fold (when every second moment is dropped). Totals never
 * decrease. Returns how many. */
size_t series_take(const struct trace_moment *rows, size_t count, struct moment *moments);

/* By how much `total` of the moments grew in each of `columns` equal parts of the time from the
 * process's start to its last moment, interpolated linearly; NULL without moments. */
const double *series_columns(struct run *run, const struct process *process,
			     int64_t (*total)(const struct moment *moment), size_t columns);

#endif
