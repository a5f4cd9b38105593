/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault.c - see fault.h.
 */
#include "read/fault.h"

#include <stdarg.h>
#include <stdio.h>

void reader_fault(struct reader *reader, uint64_t offset, const char *what, ...)
{
	if (reader->fault_count == READER_FAULTS)
		return;
	struct fault *fault = &reader->faults[reader->fault_count++];
	va_list list;

	fault->offset = offset;
	va_start(list, what);
	vsnprintf(fault->what, sizeof fault->what, what, list);
	va_end(list);
}
