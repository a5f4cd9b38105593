/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machine_x86_64.c - a jump of five bytes, and the instructions that it displaces.
 *
 * An endbr64 (Intel's manual, volume 1, 17.3) stays where it is: the jump is written behind it.
 */
#include "linked/decode.h"
#include "linked/machine.h"

#define JUMP_BYTES 5
#define STUB_BYTES 16 /* of a place: the jump to our function */

/* Places 32 bits: the distance from their own end to `target`. */
static bool place_lead(struct place *place, uintptr_t target)
{
	int64_t from = (int64_t)(place_next(place) + 4);
	int64_t distance = (int64_t)target - from;
	int32_t wide = (int32_t)distance;

	return distance == wide && place_add(place, &wide, sizeof wide);
}

static bool place_jump(struct place *place, uintptr_t target)
{
	return place_add(place, "\xe9", 1) && place_lead(place, target);
}

/* Places one instruction so that it does here what it did at `at`. */
static bool place_move(struct place *place, const uint8_t *code, uintptr_t at,
		       const struct decoded *decoded)
{
	uintptr_t target = at + (uintptr_t)decoded->target;
	uint8_t branch[] = {0x0f, (uint8_t)(0x80 | decoded->condition)};
	int64_t moved;
	int32_t wide;

	switch (decoded->kind) {
	case DECODED_PLAIN:
	case DECODED_END:
		return place_add(place, code, decoded->bytes);
	case DECODED_JUMP:
		return place_jump(place, target);
	case DECODED_BRANCH:
		return place_add(place, branch, sizeof branch) && place_lead(place, target);
	case DECODED_RELATIVE:
		moved = (int64_t)target - (int64_t)(place_next(place) + decoded->bytes);
		wide = (int32_t)moved;
		if (wide != moved || !place_add(place, code, decoded->bytes))
			return false;
		memcpy(place->bytes + place->used - decoded->bytes + decoded->field, &wide,
		       sizeof wide);
		return true;
	default: /* not calls: unwinders would find a return address on the island */
		return false;
	}
}

static bool is_endbr64(const struct machine_code *code)
{
	return code->count > 4 && memcmp(code->bytes, "\xf3\x0f\x1e\xfa", 4) == 0;
}

/* Whether an instruction from `from` on jumps to an address between `from` and `end`. Jumps to
 * `from` are allowed: that is the function's beginning. True also if an instruction is not
 * understood. */
static bool jumps_between(const struct machine_code *code, size_t from, size_t end)
{
	struct decoded decoded;

	for (size_t at = from; at < code->count; at += decoded.bytes) {
		if (!decode(code->bytes + at, code->count - at, &decoded))
			return true;
		bool jumps = decoded.kind == DECODED_JUMP || decoded.kind == DECODED_BRANCH ||
			     decoded.kind == DECODED_LOOP;
		int64_t target = (int64_t)at + decoded.target;

		if (jumps && target > (int64_t)from && target < (int64_t)end)
			return true;
	}
	return false;
}

/* Moves the instructions that the jump replaces; false: not possible. */
static bool function_move(const struct machine_code *code, size_t from, struct place *place)
{
	size_t at = from, behind = from + JUMP_BYTES;
	struct decoded decoded;
	bool goes_on = true;

	while (at < behind && at < code->count) {
		const uint8_t *bytes = code->bytes + at;

		if (!decode(bytes, code->count - at, &decoded) ||
		    !place_move(place, bytes, code->address + at, &decoded))
			return false;
		at += decoded.bytes;
		goes_on = decoded.kind != DECODED_JUMP && decoded.kind != DECODED_END;
		if (!goes_on && at < code->count && at < behind)
			return false; /* the jump would overwrite other code of the function */
	}
	/* If the function is shorter than the jump, the jump may cover the padding behind
	 * it. */
	for (size_t space = at; space < behind; space += decoded.bytes)
		if (goes_on || !decode(code->bytes + space, 16, &decoded) || !decoded.is_nop)
			return false;
	if (jumps_between(code, from, at))
		return false;
	return !goes_on || place_jump(place, code->address + at);
}

static bool plan(const struct machine_code *code, uintptr_t leads, struct place *place,
		 struct machine_plan *plan)
{
	if (code->count < 2 || place->room < STUB_BYTES)
		return false;
	place_add(place, "\xff\x25\0\0\0\0", 6); /* jmp to the address in the next 8 bytes */
	place_add(place, &leads, sizeof leads);
	place->used = STUB_BYTES;
	*plan = (struct machine_plan){.at = is_endbr64(code) ? 4 : 0, .real = STUB_BYTES};
	return function_move(code, plan->at, place);
}

static bool jump(uint8_t jump[MACHINE_JUMP_MOST], uintptr_t from, uintptr_t to)
{
	struct place place = {jump, 0, JUMP_BYTES, from};

	return place_jump(&place, to);
}

static bool calls(const struct machine_code *code, uintptr_t target)
{
	struct decoded decoded;
	bool found = false;

	for (size_t at = 0; at < code->count; at += decoded.bytes) {
		if (!decode(code->bytes + at, code->count - at, &decoded))
			return false;
		found |= (decoded.kind == DECODED_CALL || decoded.kind == DECODED_JUMP) &&
			 code->address + at + (uintptr_t)decoded.target == target;
	}
	return found;
}

const struct machine machine_x86_64 = {
	.jump_bytes = JUMP_BYTES,
	.reach = 0x70000000, /* less than 2 GiB */
	.trap = {0xcc, 0xcc, 0xcc, 0xcc},
	.plan = plan,
	.jump = jump,
	.calls = calls,
};
