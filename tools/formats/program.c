/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.c - see program.h.
 */
#include "formats/program.h"

#include <stdlib.h>
#include <string.h>

bool program_counts(const struct run *run, const struct process *process)
{
	return process->judged || run->without_kafka == run->process_count;
}

static int by_name(const void *a, const void *b)
{
	const struct process *one = *(const struct process *const *)a;
	const struct process *other = *(const struct process *const *)b;
	int names = strcmp(one->program, other->program);

	if (names)
		return names;
	if (one->verdict != other->verdict)
		return one->verdict > other->verdict ? -1 : 1;
	return one < other ? -1 : one > other;
}

const struct process **program_order(struct run *run, size_t *count)
{
	const struct process **order = model_alloc(run, run->process_count * sizeof *order + 1);

	*count = 0;
	for (size_t i = 0; i < run->process_count; i++)
		if (program_counts(run, &run->processes[i]))
			order[(*count)++] = &run->processes[i];
	qsort(order, *count, sizeof *order, by_name);
	return order;
}

int64_t program_ended_ns(const struct process *process)
{
	int64_t end_ns;

	if (process->how == ENDED_RUNNING || process->start_realtime_ns == UNKNOWN ||
	    process->duration_ns == UNKNOWN ||
	    __builtin_add_overflow(process->start_realtime_ns, process->duration_ns, &end_ns))
		return UNKNOWN;
	return end_ns;
}
