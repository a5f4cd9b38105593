/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault.h - records faults of a trace, for reader.c and reader_copy.c.
 */
#ifndef UNFLUSHED_READ_FAULT_H
#define UNFLUSHED_READ_FAULT_H

#include "read/reader.h"

/* Adds a fault to the reader's list: a clause about the byte at `offset`. If there are more
 * than READER_FAULTS, only the first ones are kept. */
void reader_fault(struct reader *reader, uint64_t offset, const char *what, ...)
	__attribute__((format(printf, 3, 4)));

/* Records a fault; the value of the expression is false. */
#define READER_REFUSE(reader, offset, ...) (reader_fault(reader, offset, __VA_ARGS__), false)

#endif
