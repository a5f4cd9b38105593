/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patch.h - leads calls of a function of the program's to one of ours.
 *
 * Its first instructions are replaced by a jump. What they did is done in a trampoline, a
 * copy of them that goes on behind the jump: whoever wants the real function calls that.
 *
 * All functions or none: patch_plan() decodes and builds everything and writes nothing into the
 * program; patch_write() writes, and takes back what it wrote when one write fails. Only in
 * a process with one thread, which runs nothing of the program's code meanwhile.
 */
#ifndef UNFLUSHED_LINKED_PATCH_H
#define UNFLUSHED_LINKED_PATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linked/machine.h"

#define PATCH_FUNCTIONS 60 /* that one plan can have: so many fit the pages of an island */

struct patch {
	uintptr_t address; /* in: of the function */
	size_t bytes;	   /* in: of its code */
	const void *leads; /* in: to where its calls are led */
	void *real;	   /* out, by patch_plan(): its trampoline */
	uintptr_t at;	   /* out: where the jump is written: behind a landing pad */
	uint8_t was[MACHINE_JUMP_MOST];
};

/* Why nothing was patched. */
enum patch_result {
	PATCH_DONE,
	PATCH_NO_ROOM, /* no memory within reach of a jump from all of the functions */
	/* Code that is not understood, or that jumps to what is replaced; or two of the
	 * functions are one. */
	PATCH_UNDECODED,
	PATCH_REFUSED, /* the kernel lets nobody write into code (SELinux, MDWE, seccomp) */
};

/* Fills in `real`, `at` and `was` of each. `near` and `end`: where the program lies. */
enum patch_result patch_plan(struct patch *patches, size_t count, uintptr_t near,
			     uintptr_t end);

/* What patch_plan() has planned is done. After a failure the program is as it was. */
enum patch_result patch_write(const struct patch *patches, size_t count);

/* Does the function at `address` call `target`, or end with a jump to it? False also if its
 * code is not understood. */
bool patch_calls(uintptr_t address, size_t bytes, uintptr_t target);

#endif
