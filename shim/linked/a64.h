/* SPDX-License-Identifier: Apache-2.0 */
/*
 * a64.h - what in an instruction of aarch64 depends on where it stands.
 *
 * The facts are those of Arm's Architecture Reference Manual for A-profile (DDI 0487), chapter
 * C4 (A64 instruction set encoding) and C6 (the instructions one by one).
 */
#ifndef UNFLUSHED_LINKED_A64_H
#define UNFLUSHED_LINKED_A64_H

#include <stdbool.h>
#include <stdint.h>

#define A64_BYTES 4 /* every instruction has so many, and its address is a multiple of that */

enum a64_kind {
	A64_PLAIN,   /* the same wherever it stands */
	A64_ADDRESS, /* adr, adrp: puts the address `target` into a register */
	A64_LOAD,    /* ldr, ldrsw or prfm of what lies at `target` */
	A64_JUMP,    /* b to `target` */
	A64_BRANCH,  /* b.cond, cbz, cbnz, tbz, tbnz: a conditional jump to `target` */
	A64_CALL,    /* bl of `target` */
	A64_END,     /* ret, br and their like: what stands behind is not reached */
	A64_STAYS,   /* jumps nowhere in its function, and must not be moved */
};

struct a64 {
	enum a64_kind kind;
	uintptr_t target;
};

/* The instruction `word` at `address`. False: it is not known. */
bool a64_decode(uint32_t word, uintptr_t address, struct a64 *a64);

#endif
