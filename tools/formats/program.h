/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.h - the name of a program that is the same in every run of it.
 */
#ifndef UNFLUSHED_FORMATS_PROGRAM_H
#define UNFLUSHED_FORMATS_PROGRAM_H

#include "model/model.h"

/* The script, module, jar or main class of an interpreter, else the executable: its name
 * without the folder, "orders.py" or "orders". "unknown" where neither is known. */
const char *program_name(const struct process *process);

/* Does it count: it touched Kafka, or nothing of its run did? */
bool program_counts(const struct run *run, const struct process *process);

/* Those that count, by name, those of one name worst first, and among equals as they were
 * read; *count of them. They live as long as the run. */
const struct process **program_order(struct run *run, size_t *count);

#endif
