/* SPDX-License-Identifier: Apache-2.0 */
/*
 * a64.h - what in an aarch64 instruction depends on its address.
 *
 * Source: Arm's Architecture Reference Manual for A-profile (DDI 0487),
 * chapters C4 (A64 instruction set encoding) and C6 (the instructions one by
 * one).
 */
#ifndef UNFLUSHED_LINKED_A64_H
#define UNFLUSHED_LINKED_A64_H

#include <stdbool.h>
#include <stdint.h>

#define A64_BYTES 4 /* the size of every instruction, which is aligned to it */

enum a64_kind {
	A64_PLAIN,   /* does the same at any address */
	A64_ADDRESS, /* adr, adrp: puts the address `target` into a register */
	A64_LOAD,    /* ldr, ldrsw or prfm of the memory at `target` */
	A64_JUMP,    /* b to `target` */
	A64_BRANCH,  /* b.cond, cbz, cbnz, tbz, tbnz: a conditional jump to `target` */
	A64_CALL,    /* bl of `target` */
	A64_END,     /* ret, br and similar: the code behind it is not reached from here */
	A64_STAYS,   /* no jump within its function, but must not be moved */
};

struct a64 {
	enum a64_kind kind;
	uintptr_t target;
};

/* Decodes the instruction `word` at `address`. False: it is not known. */
bool a64_decode(uint32_t word, uintptr_t address, struct a64 *a64);

#endif
