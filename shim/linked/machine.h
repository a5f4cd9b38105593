/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machine.h - what of patching depends on the processor.
 *
 * Nothing is written into the program here. Code is given as bytes, together with the address
 * where they lie or would lie: each processor's is tried on every other one, too
 * (tests/unit/linked). The library has that of its own alone (shim/CMakeLists.txt).
 */
#ifndef UNFLUSHED_LINKED_MACHINE_H
#define UNFLUSHED_LINKED_MACHINE_H

#include "linked/place.h"

#define MACHINE_JUMP_MOST 5 /* bytes: no processor's jump is longer */

/* A function's code. What stands behind it may be read as well, 16 bytes of it. */
struct machine_code {
	const uint8_t *bytes;
	size_t count;
	uintptr_t address; /* of the first one */
};

/* How a function is led elsewhere. */
struct machine_plan {
	size_t at;   /* in its code: where the jump is written */
	size_t real; /* in its place on the island: where the trampoline begins */
};

struct machine {
	size_t jump_bytes;
	uintptr_t reach; /* so far may anything of the program be from the island */
	uint8_t trap[4]; /* instructions that end the process, where nobody comes */

	/*
	 * Fills a function's place: at its beginning a stub that goes on at `leads`, which is
	 * any address; behind that the trampoline, which does what the jump displaces and goes
	 * on behind it. False: the code is not understood, or cannot be moved.
	 */
	bool (*plan)(const struct machine_code *code, uintptr_t leads, struct place *place,
		     struct machine_plan *plan);

	/* The jump that is to stand at `from`. False: it does not reach as far. */
	bool (*jump)(uint8_t jump[MACHINE_JUMP_MOST], uintptr_t from, uintptr_t to);

	/* Does the code call `target`, or jump to it? False also if it is not understood. */
	bool (*calls)(const struct machine_code *code, uintptr_t target);
};

extern const struct machine machine_x86_64, machine_aarch64;

#endif
