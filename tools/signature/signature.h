/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signature.h - by what a fault is known again in another run, process, machine or build.
 *
 * Parts (struct signature): the finding's family; the program; the two innermost functions of
 * the user's own code, with the base names of their files; the topic. No line numbers, for
 * they move with each change above them; no pids, paths, hosts and versions.
 *
 * The findings that say in different words that nothing waited (missing-flush, exit-in-flight,
 * racy-exit, ...) are one family, "waiting": which of them it is, is decided by time. They take
 * the line where the producer was made, if the trace has it, for which line had produced the
 * messages that were left is decided by time, too. Where it does not, and for a finding that
 * blames no line, it is the first by name of the producer's lines.
 *
 * Topic: that of the producer; "*" if it has several. NULL where the finding is of no producer.
 *
 * Digits: FNV-1a, 64 bits, over the parts in the order of struct signature, each followed by
 * a byte 0x1f, a missing one by that byte alone; the two halves of 48 and 16 bits xor'ed.
 */
#ifndef UNFLUSHED_SIGNATURE_H
#define UNFLUSHED_SIGNATURE_H

#include "model/model.h"

/* Gives every finding of the run its signature, and every process the name of its program.
 * After origin_mark(). */
void signature_give(struct run *run);

/* By digits, then part by part, as strcmp(); 0: they are one. */
int signature_order(const struct signature *one, const struct signature *other);

static inline bool signature_is(const struct signature *one, const struct signature *other)
{
	return signature_order(one, other) == 0;
}

/* "waiting", or the id itself. */
const char *signature_family(const char *finding_id);

#endif
