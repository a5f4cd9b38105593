/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process_facts.h - pid, program, arguments and clocks of this process, for the trace: read
 * with raw system calls, most of it from /proc.
 */
#ifndef UNFLUSHED_TRACE_PROCESS_FACTS_H
#define UNFLUSHED_TRACE_PROCESS_FACTS_H

#include <stdbool.h>
#include <stdint.h>

/* When the process began, in clock ticks since boot; 0 if /proc is absent. */
uint64_t process_start_ticks(void);

/* Fills the process row: identity, clocks, program, arguments without their
 * secrets. What cannot be read stays unknown. */
void process_facts_write(bool forked);

#endif
