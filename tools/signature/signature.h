/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signature.h - recognises a fault in another run, process, machine or build.
 *
 * Parts (struct signature): the finding's family; the program; the two innermost functions of
 * the user's own code, with the base names of their files; the topic. No line numbers, since
 * they change with each edit above them; no pids, paths, hosts and versions.
 *
 * The findings that say that the program did not wait (missing-flush,
 * exit-in-flight, racy-exit, ...) are one family, "waiting": which of them is
 * raised depends on timing. Their functions are those that made the producer,
 * if the trace has them, because it also depends on timing which line produced
 * the messages that were left. If the trace does not have them, and for a
 * finding that blames no line, the producer's line whose name sorts first is
 * taken.
 *
 * Topic: that of the producer; "*" if it has several. NULL for a finding without a producer.
 *
 * Digits: FNV-1a, 64 bits, over the parts in the order of struct signature, each followed by
 * a byte 0x1f, a missing one by that byte alone; the two halves of 48 and 16 bits xor'ed.
 */
#ifndef UNFLUSHED_SIGNATURE_H
#define UNFLUSHED_SIGNATURE_H

#include "model/model.h"

/* Sets the signature of every finding of the run, and every process's program name. After
 * origin_mark(). */
void signature_give(struct run *run);

/* Compares by digits, then part by part, as strcmp(); 0: they are the same. */
int signature_order(const struct signature *one, const struct signature *other);

static inline bool signature_is(const struct signature *one, const struct signature *other)
{
	return signature_order(one, other) == 0;
}

/* "waiting", or the id itself. */
const char *signature_family(const char *finding_id);

#endif
