/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.h - processes sorted by the program that they run.
 */
#ifndef UNFLUSHED_FORMATS_PROGRAM_H
#define UNFLUSHED_FORMATS_PROGRAM_H

#include "model/model.h"

/* Whether a report lists the process: it used Kafka, or no process of its run did. */
bool program_counts(const struct run *run, const struct process *process);

/* The listed processes, sorted by name, then the worst first, then as they were read; *count
 * of them. The array lives as long as the run. */
const struct process **program_order(struct run *run, size_t *count);

/* When the process ended, in CLOCK_REALTIME; UNKNOWN: it runs, or its end is not known. */
int64_t program_ended_ns(const struct process *process);

#endif
