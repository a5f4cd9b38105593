/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ended.c - see ended.h.
 */
#include "keep/ended.h"

enum liveness ended_liveness(const struct reader *reader)
{
	const struct trace_process *row = reader_row(reader, SECTION_PROCESS, 0);
	enum liveness alive = reader->alive ? LIVENESS_RUNNING : liveness_of(row);

	return alive == LIVENESS_UNKNOWN && (row->observed || row->how != HOW_UNKNOWN)
		       ? LIVENESS_GONE
		       : alive;
}

static int64_t last_moment_ns(const struct reader *reader)
{
	int64_t last = 0;

	for (uint32_t i = 0; i < reader_rows(reader, SECTION_MOMENT); i++) {
		const struct trace_moment *moment = reader_row(reader, SECTION_MOMENT, i);

		if (moment && moment->at_ns > last)
			last = moment->at_ns;
	}
	return last;
}

/* Converts a time of CLOCK_MONOTONIC to CLOCK_REALTIME; `otherwise` if the row does not have
 * the values for it, or they are impossible. */
static int64_t realtime_of(const struct trace_process *row, int64_t monotonic_ns,
			   int64_t otherwise)
{
	int64_t since, at;

	if (row->realtime_ns <= 0 || row->monotonic_ns <= 0 ||
	    monotonic_ns < row->monotonic_ns ||
	    __builtin_sub_overflow(monotonic_ns, row->monotonic_ns, &since) ||
	    __builtin_add_overflow(row->realtime_ns, since, &at))
		return otherwise;
	return at;
}

int64_t ended_at_ns(const struct reader *reader, int64_t mtime_ns)
{
	const struct trace_process *row = reader_row(reader, SECTION_PROCESS, 0);

	if (row->observed)
		return realtime_of(row, row->observed_ns, mtime_ns);
	if (row->how != HOW_UNKNOWN)
		return realtime_of(row, row->end_ns, mtime_ns);
	int64_t lived = realtime_of(row, last_moment_ns(reader), mtime_ns);

	return lived > mtime_ns ? lived : mtime_ns;
}
