/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process_facts.h - who this process is, read from /proc with raw calls.
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
