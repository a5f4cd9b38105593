/* SPDX-License-Identifier: Apache-2.0 */
/*
 * a64.c - see a64.h.
 *
 * The manual's chapter C4.1 sorts instructions into groups, which are quoted
 * here by their titles. Few instructions read the program counter: "PC-rel.
 * addressing", "Load register (literal)", branches, and the instructions that
 * sign or authenticate a return address with it (FEAT_PAuth_LR). a64_decode()
 * returns false for a branch that is not known here and for an encoding that is
 * not allocated.
 */
#include "linked/a64.h"

/* Bits `low` to `low + count - 1`. */
static uint32_t bits(uint32_t word, unsigned low, unsigned count)
{
	return word >> low & ((1u << count) - 1);
}

/* The same bits as a signed number. */
static uintptr_t distance(uint32_t word, unsigned low, unsigned count)
{
	uintptr_t sign = (uintptr_t)1 << (count - 1);

	return (bits(word, low, count) ^ sign) - sign;
}

/* "PC-rel. addressing"; C6.2, ADR and ADRP: bits 29 and 30 are the low two of the 21 bits. */
static bool address_read(uint32_t word, uintptr_t address, struct a64 *a64)
{
	uintptr_t far = distance(word, 5, 19) << 2 | bits(word, 29, 2);

	a64->kind = A64_ADDRESS;
	a64->target = word >> 31 ? (address & ~(uintptr_t)0xfff) + (far << 12) : address + far;
	return true;
}

/* "Data Processing -- Immediate". The encodings next to "Extract" are autiasppc and autibsppc,
 * which read the program counter. */
static bool immediate_read(uint32_t word, uintptr_t address, struct a64 *a64)
{
	if (bits(word, 24, 5) == 0x10)
		return address_read(word, address, a64);
	if (bits(word, 23, 6) == 0x27 && bits(word, 29, 2) != 0)
		a64->kind = A64_STAYS;
	return true;
}

/* C6.2, PACM: lets the next paciasp or pacibsp sign with the program counter. */
#define PACM 0xd50324ffu

/* "Unconditional branch (register)": br, ret, eret, drps, and the forms that authenticate
 * first. blr is a call: moved, it would leave a return address in the trampoline. */
static bool register_read(uint32_t word, struct a64 *a64)
{
	uint32_t opc = bits(word, 21, 4);

	if (bits(word, 16, 5) != 0x1f)
		return false;
	a64->kind = (opc & 7) == 1 ? A64_STAYS : A64_END;
	return true;
}

/* "Branches, Exception Generating and System instructions". */
static bool branch_read(uint32_t word, uintptr_t address, struct a64 *a64)
{
	uint32_t first = word >> 24;

	if (bits(word, 26, 5) == 0x05) {
		a64->kind = word >> 31 ? A64_CALL : A64_JUMP;
		a64->target = address + (distance(word, 0, 26) << 2);
	} else if (first == 0x54 || bits(word, 25, 6) == 0x1a) { /* b.cond; cbz, cbnz */
		a64->kind = A64_BRANCH;
		a64->target = address + (distance(word, 5, 19) << 2);
	} else if (bits(word, 25, 6) == 0x1b) { /* tbz, tbnz */
		a64->kind = A64_BRANCH;
		a64->target = address + (distance(word, 5, 14) << 2);
	} else if (first == 0xd4 || first == 0x55 || word == PACM) {
		a64->kind = A64_STAYS; /* exceptions; retaasppc, retabsppc */
	} else if (first == 0xd6 || first == 0xd7) {
		return register_read(word, a64);
	} else {
		return first == 0xd5;
	}
	return true;
}

/* "Loads and Stores": only "Load register (literal)" depends on the address. */
static bool memory_read(uint32_t word, uintptr_t address, struct a64 *a64)
{
	if ((word & 0x3b000000) != 0x18000000)
		return true;
	a64->kind = A64_LOAD;
	a64->target = address + (distance(word, 5, 19) << 2);
	return word >> 30 != 3 || !bits(word, 26, 1);
}

/* "Data Processing -- Register": of the instructions with one source, only paciasppc and
 * similar depend on the address. */
static void registers_read(uint32_t word, struct a64 *a64)
{
	if ((word & 0x7fe00000) == 0x5ac00000 && bits(word, 16, 5) == 1 && bits(word, 15, 1))
		a64->kind = A64_STAYS;
}

/* C4.1, "A64 instruction set encoding": the field `op0` selects the group. */
bool a64_decode(uint32_t word, uintptr_t address, struct a64 *a64)
{
	*a64 = (struct a64){.kind = A64_PLAIN};
	switch (bits(word, 25, 4)) {
	case 0x0: /* udf, and SME's */
		if (!(word >> 31))
			a64->kind = A64_STAYS;
		return word >> 31 || word >> 16 == 0;
	case 0x1:
	case 0x3:
		return false;
	case 0x2: /* SVE's */
		return true;
	case 0x8:
	case 0x9:
		return immediate_read(word, address, a64);
	case 0xa:
	case 0xb:
		return branch_read(word, address, a64);
	case 0x5:
	case 0xd:
		registers_read(word, a64);
		return true;
	case 0x7:
	case 0xf: /* floating point and vectors */
		return true;
	default:
		return memory_read(word, address, a64);
	}
}
