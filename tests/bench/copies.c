/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copies.c - a fleet's traces out of one: copies that are processes of their own.
 *
 * copies TRACE DIRECTORY COUNT
 * Each copy has another pid and start; what is zero in the trace is a hole in
 * the copy, as it is (unwritten) in a trace that a guest made. With COUNT 0
 * one copy, "full.trace", whose rings are full: for `dump`.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/format.h"

#define PAGE 4096

static struct trace_section *section_of(unsigned char *trace, enum trace_section_kind kind)
{
	struct trace_header *header = (struct trace_header *)trace;

	return &header->sections[kind - 1];
}

static void write_sparse(const char *path, const unsigned char *trace, size_t bytes)
{
	static const unsigned char zeros[PAGE];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)bytes) != 0) {
		perror(path);
		exit(1);
	}
	for (size_t at = 0; at < bytes; at += PAGE) {
		size_t some = bytes - at < PAGE ? bytes - at : PAGE;

		if (memcmp(trace + at, zeros, some) &&
		    pwrite(fd, trace + at, some, (off_t)at) != (ssize_t)some) {
			perror(path);
			exit(1);
		}
	}
	close(fd);
}

/* What a sender writes; `at_ns` is now. A stall is written with the time at which the write
 * before it was entered: in no trace of one are all rings in the order of time. */
static struct trace_event event_of(uint32_t number, int64_t at_ns)
{
	int64_t bytes = (int64_t)number * 1000;

	if (number % 16 == 15)
		return (struct trace_event){
			at_ns - 4000000, EVENT_STALL_BEGIN, 0, 0, 1013, bytes};
	if (number % 3)
		return (struct trace_event){at_ns, EVENT_WRITE, 0, 0, bytes, bytes};
	return (struct trace_event){at_ns, EVENT_REQUEST_SENT, 0, 0, 0, bytes};
}

/* As if every thread had written as much as its ring can hold, by turns. */
static void fill_rings(unsigned char *trace)
{
	struct trace_section *threads = section_of(trace, SECTION_THREAD);
	struct trace_section *rings = section_of(trace, SECTION_RING);
	struct trace_thread *thread = (void *)(trace + threads->offset);
	struct trace_event *events = (void *)(trace + rings->offset);
	int64_t at_ns =
		((struct trace_process *)(trace + section_of(trace, SECTION_PROCESS)->offset))
			->process_start_ns;

	rings->used = rings->rows;
	threads->used = threads->rows;
	for (uint32_t n = 0; n < TRACE_RING_EVENTS; n++)
		for (uint32_t i = 0;
		     i < threads->rows && (i + 1) * TRACE_RING_EVENTS <= rings->rows; i++)
			events[i * TRACE_RING_EVENTS + n] = event_of(n, at_ns += 100000 + i);
	for (uint32_t i = 0; i < threads->rows; i++) {
		thread[i].state = 1;
		thread[i].head = TRACE_RING_EVENTS;
	}
}

int main(int argc, char **argv)
{
	static unsigned char trace[TRACE_BYTES_MAX];
	int count = argc > 3 ? atoi(argv[3]) : 0;
	char path[4096];
	FILE *file = argc > 3 ? fopen(argv[1], "re") : NULL;

	if (!file) {
		fprintf(stderr, "usage: copies TRACE DIRECTORY COUNT\n");
		return 2;
	}
	size_t bytes = fread(trace, 1, sizeof(trace), file);
	fclose(file);
	struct trace_process *process =
		(void *)(trace + section_of(trace, SECTION_PROCESS)->offset);
	if (count == 0) {
		fill_rings(trace);
		snprintf(path, sizeof(path), "%s/full.trace", argv[2]);
		write_sparse(path, trace, bytes);
	}
	for (int i = 0; i < count; i++) {
		process->pid = 1000 + i;
		process->start_ticks += 10;
		snprintf(path, sizeof(path), "%s/%d.trace", argv[2], process->pid);
		write_sparse(path, trace, bytes);
	}
	return 0;
}
