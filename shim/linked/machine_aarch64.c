/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machine_aarch64.c - a `b`, and the one instruction that it displaces.
 *
 *      the function            its place on the island
 *      paciasp                 autiasp             the stub
 *      b  ------------------>  ldr  x17, leads
 *      mov  x29, sp  <---+     br   x17
 *      ...               |     paciasp             the trampoline
 *                        |     stp  x29, x30, [sp, #-32]!
 *                        +---  b
 *                              literals: leads, and an address that the instruction used
 *
 * A landing pad at the function's beginning stays there: in guarded pages
 * (FEAT_BTI; DDI 0487, D8.4, "Controls of Branch Target Identification"), an
 * indirect call must arrive at one. Two kinds of pad also sign the return
 * address with SP (C6.2, PACIASP and PACIBSP). Our function returns to the
 * unsigned address, so the stub removes the signature; the trampoline begins
 * with the pad and signs again. The island's own pages are not guarded.
 *
 * At the beginning of a function x16 and x17 may be overwritten (AAPCS64,
 * 6.1.1).
 */
#include "linked/a64.h"
#include "linked/machine.h"

/* C6.2, HINT: its number begins at bit 5. */
#define HINT(number) (0xd503201fu | (number) << 5)

/* `b` reaches this far in both directions (C6.2, B). */
#define B_REACH 0x8000000

/* Where a literal is, in bytes from the end of the place. */
enum literal { LITERAL_LEADS = 16, LITERAL_TARGET = 8 };

#define X17 17u

static const struct pad {
	uint32_t word;
	uint32_t undone; /* the instruction that reverses it; 0: the pad changes no register */
} pads[] = {
	{HINT(34), 0},	      /* bti c */
	{HINT(38), 0},	      /* bti jc */
	{HINT(25), HINT(29)}, /* paciasp, autiasp */
	{HINT(27), HINT(31)}, /* pacibsp, autibsp */
};

static uint32_t word_at(const struct machine_code *code, size_t at)
{
	uint32_t word;

	memcpy(&word, code->bytes + at, sizeof word);
	return word;
}

static bool place_word(struct place *place, uint32_t word)
{
	return place_add(place, &word, sizeof word);
}

static bool place_jump(struct place *place, uintptr_t target)
{
	int64_t distance = (int64_t)(target - place_next(place));

	return distance % A64_BYTES == 0 && distance >= -B_REACH && distance < B_REACH &&
	       place_word(place, 0x14000000 | ((uint32_t)(distance >> 2) & 0x3ffffff));
}

/* C6.2, LDR (literal): 64 bits into a register. */
static bool place_literal(struct place *place, uint32_t to, enum literal literal,
			  uintptr_t value)
{
	size_t at = place->room - literal;

	memcpy(place->bytes + at, &value, sizeof value);
	return place_word(place, 0x58000000 | (uint32_t)(at - place->used) / 4 << 5 | to);
}

/* Loads the memory at `target`, after loading its address. */
static bool place_load(struct place *place, uint32_t word, uintptr_t target)
{
	/* C6.2, LDR (immediate) and LDRSW (immediate), from the register itself. */
	static const uint32_t loads[] = {0xb9400000, 0xf9400000, 0xb9800000};
	uint32_t to = word & 31, opc = word >> 30;

	/* Not for vector registers and prefetches: they leave no register for the address. */
	return opc < 3 && !(word >> 26 & 1) && to != 31 &&
	       place_literal(place, to, LITERAL_TARGET, target) &&
	       place_word(place, loads[opc] | to << 5 | to);
}

/* A conditional jump does not reach as far as `b`: it is placed with a `b` that it jumps to or
 * skips. */
static bool place_branch(struct place *place, uint32_t word, uintptr_t target, uintptr_t behind)
{
	bool is_test = (word >> 25 & 0x3f) == 0x1b; /* tbz, tbnz: 14 bits, the others 19 */
	uint32_t field = (is_test ? 0x3fffu : 0x7ffffu) << 5;

	return place_word(place, (word & ~field) | 2u << 5) && place_jump(place, behind) &&
	       place_jump(place, target);
}

/* Places the instruction so that it does here what it did in the function, and a jump to
 * `behind`. */
static bool place_move(struct place *place, uint32_t word, const struct a64 *a64,
		       uintptr_t behind)
{
	switch (a64->kind) {
	case A64_PLAIN:
		return place_word(place, word) && place_jump(place, behind);
	case A64_ADDRESS:
		return place_literal(place, word & 31, LITERAL_TARGET, a64->target) &&
		       place_jump(place, behind);
	case A64_LOAD:
		return place_load(place, word, a64->target) && place_jump(place, behind);
	case A64_JUMP:
		return place_jump(place, a64->target);
	case A64_BRANCH:
		return place_branch(place, word, a64->target, behind);
	case A64_END:
		return place_word(place, word);
	default: /* not calls: unwinders would find a return address on the island */
		return false;
	}
}

/* NULL: the function has no pad, or no code behind it. */
static const struct pad *pad_of(const struct machine_code *code)
{
	for (size_t i = 0; code->count > A64_BYTES && i < sizeof pads / sizeof *pads; i++)
		if (word_at(code, 0) == pads[i].word)
			return &pads[i];
	return NULL;
}

/* Whether an instruction jumps to one of the first instructions, up to the one at `last`. Such
 * a loop would jump into the middle of our jump. True also if an instruction is not
 * understood. */
static bool jumps_back(const struct machine_code *code, size_t last)
{
	struct a64 a64;

	for (size_t at = 0; at < code->count; at += A64_BYTES) {
		if (!a64_decode(word_at(code, at), code->address + at, &a64))
			return true;
		if ((a64.kind == A64_JUMP || a64.kind == A64_BRANCH || a64.kind == A64_CALL) &&
		    a64.target >= code->address && a64.target <= code->address + last)
			return true;
	}
	return false;
}

static bool is_whole(const struct machine_code *code)
{
	return code->count >= A64_BYTES && code->count % A64_BYTES == 0 &&
	       code->address % A64_BYTES == 0;
}

static bool place_stub(struct place *place, const struct pad *pad, uintptr_t leads)
{
	return (!pad || !pad->undone || place_word(place, pad->undone)) &&
	       place_literal(place, X17, LITERAL_LEADS, leads) &&
	       place_word(place, 0xd61f0000 | X17 << 5); /* br x17 */
}

static bool plan(const struct machine_code *code, uintptr_t leads, struct place *place,
		 struct machine_plan *plan)
{
	const struct pad *pad = is_whole(code) ? pad_of(code) : NULL;
	struct a64 a64;
	size_t at = pad ? A64_BYTES : 0, behind = at + A64_BYTES;

	if (!is_whole(code) || jumps_back(code, at) ||
	    !a64_decode(word_at(code, at), code->address + at, &a64))
		return false;
	if (behind == code->count && a64.kind != A64_JUMP && a64.kind != A64_END)
		return false; /* it continues in another function, or its size is unknown */
	if (!place_stub(place, pad, leads))
		return false;
	*plan = (struct machine_plan){.at = at, .real = place->used};
	return (!pad || place_word(place, pad->word)) &&
	       place_move(place, word_at(code, at), &a64, code->address + behind);
}

static bool jump(uint8_t jump[MACHINE_JUMP_MOST], uintptr_t from, uintptr_t to)
{
	struct place place = {jump, 0, A64_BYTES, from};

	return place_jump(&place, to);
}

static bool calls(const struct machine_code *code, uintptr_t target)
{
	struct a64 a64;
	bool found = false;

	for (size_t at = 0; at + A64_BYTES <= code->count; at += A64_BYTES) {
		if (!a64_decode(word_at(code, at), code->address + at, &a64))
			return false;
		found |= (a64.kind == A64_CALL || a64.kind == A64_JUMP) && a64.target == target;
	}
	return found;
}

const struct machine machine_aarch64 = {
	.jump_bytes = A64_BYTES,
	.reach = 0x7000000,		  /* less than B_REACH */
	.trap = {0x00, 0x00, 0x00, 0x00}, /* udf #0 (C6.2, UDF) */
	.plan = plan,
	.jump = jump,
	.calls = calls,
};
