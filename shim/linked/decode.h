/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode.h - the length of an x86-64 instruction, and what in it depends on its
 * address.
 *
 * Source: Intel's manual, volume 2: chapter 2 (how an instruction is encoded)
 * and appendix A (the opcode maps).
 */
#ifndef UNFLUSHED_LINKED_DECODE_H
#define UNFLUSHED_LINKED_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum decoded_kind {
	DECODED_PLAIN,	  /* does the same at any address */
	DECODED_RELATIVE, /* reads or writes memory, or takes an address, relative to itself */
	DECODED_JUMP,	  /* jmp to `target` */
	DECODED_BRANCH, /* a conditional jump to `target`, which can be written with 32 bits */
	DECODED_LOOP,	/* loop, jrcxz and similar: jump to `target`, only with 8 bits */
	DECODED_CALL,	/* call of `target` */
	DECODED_END,	/* ret, an indirect jmp, ud2, hlt: never continues behind it */
};

struct decoded {
	uint8_t bytes; /* 1 to 15 */
	enum decoded_kind kind;
	uint8_t field;	   /* DECODED_RELATIVE: the offset of its 32-bit displacement */
	uint8_t condition; /* DECODED_BRANCH: the condition's 4 bits */
	bool is_nop;	   /* nop of any length, int3: padding between functions */
	int64_t target;	   /* in bytes, relative to the instruction's first byte */
};

/* Decodes the instruction at `code`, of which `room` bytes may be read. False: it is not known
 * here, is not valid in 64-bit mode, or does not end within `room`. */
bool decode(const uint8_t *code, size_t room, struct decoded *decoded);

#endif
