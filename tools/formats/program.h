/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.h - processes sorted by the program that they run.
 */
#ifndef UNFLUSHED_FORMATS_PROGRAM_H
#define UNFLUSHED_FORMATS_PROGRAM_H

#include "model/model.h"

/* Whether it counts: it used Kafka, or no process of its run did. */
bool program_counts(const struct run *run, const struct process *process);

/* Those that count, by name, those of one name worst first, and among equals as they were
 * read; *count of them. They live as long as the run. */
const struct process **program_order(struct run *run, size_t *count);

/* When it ended, of CLOCK_REALTIME; UNKNOWN: it runs, or the time of its end is not known. */
int64_t program_ended_ns(const struct process *process);

#endif
