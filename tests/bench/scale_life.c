/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scale_life.c - a process that lives so many days, by an invented clock.
 *
 * Once a second it passes by the series of its trace (shim/trace/series.h), as each message and
 * each send does. Needs UNFLUSHED_DIR. With 0 days the trace is only begun.
 * scale_life DAYS
 * links: tools_objects
 * compiles: shim/guest/[a-z]*.c shim/trace/[a-z]*.c
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "guest/state.h"
#include "trace/map.h"
#include "trace/record.h"
#include "trace/series.h"

#define SECOND_NS INT64_C(1000000000)

int main(int argc, char **argv)
{
	int64_t seconds = argc > 1 ? (int64_t)atoi(argv[1]) * 86400 : 0;

	if (guest_wake() != GUEST_AWAKE || !record_ready()) {
		fprintf(stderr, "scale_life: no trace can be written\n");
		return 1;
	}
	for (int64_t i = 1; i <= seconds; i++)
		series_look(trace->process->monotonic_ns + i * SECOND_NS);
	return 0;
}
