/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec_chain.c - which programs a process ran before each exec.
 *
 * A program that was replaced by an exec which the guest did not see (execl
 * calls the kernel from inside libc) has no end record; the trace of a later
 * program of the same process proves the exec. Traces are found by their
 * process in a hash table, because a report may have tens of thousands.
 */
#include "build/exec_chain.h"

#include <stdlib.h>

#include "memory/memory.h"

#define NONE SIZE_MAX

static size_t place_of(const struct run *run, const struct process *process)
{
	uint64_t mixed = ((uint64_t)process->pid ^ (uint64_t)process->start_ticks << 24) *
			 0x9e3779b97f4a7c15u;

	return (size_t)(mixed >> 32) & (run->image_places - 1);
}

static void chain(struct run *run, size_t index)
{
	size_t *head = &run->images[place_of(run, &run->processes[index])];

	run->processes[index].image_before = *head;
	*head = index;
}

/* Keeps at least twice as many places as processes. */
static void places_grow(struct run *run)
{
	if (run->process_count * 2 <= run->image_places)
		return;
	run->image_places = run->image_places ? run->image_places * 2 : 64;
	free(run->images);
	run->images = memory_grown(NULL, run->image_places, sizeof *run->images);
	for (size_t i = 0; i < run->image_places; i++)
		run->images[i] = NONE;
	for (size_t i = 0; i + 1 < run->process_count; i++)
		chain(run, i);
}

static void end_one(struct process *latest, struct process *other)
{
	struct process *first = other->trace_start_ns < latest->trace_start_ns ? other : latest;

	if (first->recorded == HOW_UNKNOWN) {
		first->how = ENDED_EXEC;
		first->status = first->signal = UNKNOWN;
	}
}

void exec_chain_end_earlier(struct run *run, const struct process *latest)
{
	size_t index = (size_t)(latest - run->processes);
	struct process *process = &run->processes[index];

	places_grow(run);
	for (size_t i = run->images[place_of(run, process)]; i != NONE;
	     i = run->processes[i].image_before)
		if (run->processes[i].trace && run->processes[i].pid == process->pid &&
		    run->processes[i].start_ticks == process->start_ticks)
			end_one(process, &run->processes[i]);
	chain(run, index);
}
