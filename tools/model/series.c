/* SPDX-License-Identifier: Apache-2.0 */
/*
 * series.c - see series.h.
 */
#include "model/series.h"

#include "model/number.h"

static int64_t not_less(uint64_t counter, int64_t before)
{
	int64_t number = number_of(counter);

	return number > before ? number : before;
}

/* A counter that is being moved from a row to the process row may be missing in a moment. */
static struct moment moment_of(const struct trace_moment *row, const struct moment *before)
{
	return (struct moment){
		.at_ns = row->at_ns,
		.accepted_bytes = not_less(row->accepted_bytes, before->accepted_bytes),
		.produced = not_less(row->produced, before->produced),
		.settled = not_less(row->settled, before->settled),
		.delivered = not_less(row->delivered, before->delivered),
		.stalled_ns = not_less(row->stalled_ns, before->stalled_ns),
		.requests = not_less(row->requests, before->requests),
		.fill_max = row->fill_max_permille ? row->fill_max_permille : UNKNOWN,
	};
}

size_t series_take(const struct trace_moment *rows, size_t count, struct moment *moments)
{
	struct moment before = {.at_ns = INT64_MIN};
	size_t taken = 0;

	for (size_t i = 0; i < count; i++) {
		if (!rows[i].state || rows[i].at_ns <= before.at_ns)
			continue;
		before = moments[taken++] = moment_of(&rows[i], &before);
	}
	return taken;
}

const double *series_columns(struct run *run, const struct process *process,
			     int64_t (*total)(const struct moment *moment), size_t columns)
{
	double *grown = model_alloc(run, columns * sizeof *grown);
	double began = (double)process->trace_start_ns, passed = began, reached = 0;

	if (process->moment_count == 0)
		return NULL;
	double width = ((double)process->moments[process->moment_count - 1].at_ns - began) /
		       (double)columns;

	for (size_t i = 0; i < process->moment_count; i++) {
		double until = (double)process->moments[i].at_ns;
		double more = (double)total(&process->moments[i]) - reached;

		/* Gives each column its share of the span that ends with this moment. */
		for (size_t at = 0; at < columns && until > passed; at++) {
			double from = began + width * (double)at, to = from + width;
			double low = from > passed ? from : passed;
			double high = to < until ? to : until;

			if (high > low)
				grown[at] += more * (high - low) / (until - passed);
		}
		passed = until > passed ? until : passed;
		reached += more;
	}
	return grown;
}
