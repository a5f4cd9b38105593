/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machine.h - the part of patching that depends on the processor.
 *
 * These functions write nothing into the program. They get code as bytes and
 * the address that the bytes have or will have, so the tests can run the code
 * of each processor on any other one (tests/unit/linked). The library contains
 * only its own processor's (shim/CMakeLists.txt).
 */
#ifndef UNFLUSHED_LINKED_MACHINE_H
#define UNFLUSHED_LINKED_MACHINE_H

#include "linked/place.h"

#define MACHINE_JUMP_MOST 5 /* bytes: no processor's jump is longer */

/* A function's code. 16 bytes behind it may be read as well. */
struct machine_code {
	const uint8_t *bytes;
	size_t count;
	uintptr_t address; /* of the first one */
};

/* How calls of a function are redirected. */
struct machine_plan {
	size_t at;   /* offset in its code: where the jump is written */
	size_t real; /* offset in its place on the island: where the trampoline begins */
};

struct machine {
	size_t jump_bytes;
	uintptr_t reach; /* the island must be nearer than this to all of the program */
	uint8_t trap[4]; /* for code that is never reached: ends the process */

	/*
	 * Fills a function's place: first a stub that jumps to `leads`, which
	 * may be any address; then the trampoline, which executes the
	 * instructions that the jump displaces and jumps to the first one
	 * behind them. False: the code is not understood, or cannot be moved.
	 */
	bool (*plan)(const struct machine_code *code, uintptr_t leads, struct place *place,
		     struct machine_plan *plan);

	/* Makes the jump that is written at `from`. False: it does not reach `to`. */
	bool (*jump)(uint8_t jump[MACHINE_JUMP_MOST], uintptr_t from, uintptr_t to);

	/* Whether the code calls `target` or jumps to it. False also if the code is not
	 * understood. */
	bool (*calls)(const struct machine_code *code, uintptr_t target);
};

extern const struct machine machine_x86_64, machine_aarch64;

#endif
