/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patch.h - redirects calls of a function of the program to one of ours.
 *
 * The function's first instructions are replaced by a jump. The trampoline is a
 * copy of them, followed by a jump to the rest of the function: calling the
 * trampoline is calling the real function.
 *
 * All functions or none: patch_plan() decodes and builds everything and writes
 * nothing into the program; patch_write() writes, and restores the old code if
 * one write fails. To be called only in a process with one thread, which does
 * not run the patched code meanwhile.
 */
#ifndef UNFLUSHED_LINKED_PATCH_H
#define UNFLUSHED_LINKED_PATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linked/machine.h"

#define PATCH_FUNCTIONS 60 /* that one plan can have: an island has room for no more */

struct patch {
	uintptr_t address; /* in: the function's */
	size_t bytes;	   /* in: the size of its code */
	const void *leads; /* in: the function to call instead */
	void *real;	   /* out, by patch_plan(): its trampoline */
	uintptr_t at;	   /* out: where the jump is written (not over a landing pad) */
	uint8_t was[MACHINE_JUMP_MOST];
};

/* Why nothing was patched. */
enum patch_result {
	PATCH_DONE,
	PATCH_NO_ROOM, /* no memory within reach of a jump from all of the functions */
	/* Code is not understood, or jumps into the replaced bytes; or two of the functions
	 * have the same address. */
	PATCH_UNDECODED,
	PATCH_REFUSED, /* the kernel forbids writing into code (SELinux, MDWE, seccomp) */
};

/* Fills in `real`, `at` and `was` of each. `near` and `end`: the program's first address and
 * the one behind its last. */
enum patch_result patch_plan(struct patch *patches, size_t count, uintptr_t near,
			     uintptr_t end);

/* Writes what patch_plan() has planned. After a failure the program's code is as it was. */
enum patch_result patch_write(const struct patch *patches, size_t count);

/* Whether the function at `address` calls `target`, or ends with a jump to it. False also if
 * its code is not understood. */
bool patch_calls(uintptr_t address, size_t bytes, uintptr_t target);

#endif
