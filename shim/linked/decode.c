/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode.c - see decode.h.
 */
#include "linked/decode.h"

#include <string.h>

#define INSTRUCTION_BYTES 15 /* the processor's limit */

/* The operand bytes behind an opcode. */
enum follows {
	NONE,  /* nothing */
	MODRM, /* a ModRM byte, and the SIB byte and displacement that it asks for */
	BYTE,  /* 8 bits */
	HALF,  /* 16 bits */
	WORD,  /* 32 bits, or 16 with the prefix 66 */
	MODRM_BYTE,
	MODRM_WORD,
	ENTER,	/* 16 bits and 8 */
	WIDE,	/* 32 bits, 16 with 66, 64 with REX.W */
	OFFSET, /* an address of 64 bits, 32 with 67 */
	JUMP_8,
	JUMP_32,
	GROUP_BYTE, /* ModRM, and 8 bits where its `reg` is 0 or 1 */
	GROUP_WORD, /* ModRM, and 32 bits (16 with 66) where its `reg` is 0 or 1 */
	WRONG,	    /* no instruction in 64-bit mode, or not known here */
};

/* clang-format off */
#define N NONE
#define M MODRM
#define B BYTE
#define W WORD
#define X WRONG
#define J JUMP_8
static const uint8_t one_byte[256] = {
	/* 00 */ M, M, M, M, B, W, X, X, M, M, M, M, B, W, X, X,
	/* 10 */ M, M, M, M, B, W, X, X, M, M, M, M, B, W, X, X,
	/* 20 */ M, M, M, M, B, W, X, X, M, M, M, M, B, W, X, X,
	/* 30 */ M, M, M, M, B, W, X, X, M, M, M, M, B, W, X, X,
	/* 40 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* 50 */ N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
	/* 60 */ X, X, X, M, X, X, X, X, W, MODRM_WORD, B, MODRM_BYTE, N, N, N, N,
	/* 70 */ J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,
	/* 80 */ MODRM_BYTE, MODRM_WORD, X, MODRM_BYTE, M, M, M, M, M, M, M, M, M, M, M, M,
	/* 90 */ N, N, N, N, N, N, N, N, N, N, X, N, N, N, N, N,
	/* a0 */ OFFSET, OFFSET, OFFSET, OFFSET, N, N, N, N, B, W, N, N, N, N, N, N,
	/* b0 */ B, B, B, B, B, B, B, B, WIDE, WIDE, WIDE, WIDE, WIDE, WIDE, WIDE, WIDE,
	/* c0 */ MODRM_BYTE, MODRM_BYTE, HALF, N, X, X, MODRM_BYTE, MODRM_WORD,
		 ENTER, N, HALF, N, N, B, X, N,
	/* d0 */ M, M, M, M, X, X, X, N, M, M, M, M, M, M, M, M,
	/* e0 */ J, J, J, J, B, B, B, B, JUMP_32, JUMP_32, X, J, N, N, N, N,
	/* f0 */ X, N, X, X, N, N, GROUP_BYTE, GROUP_WORD, N, N, N, N, N, N, M, M,
};

#define I MODRM_BYTE
#define K JUMP_32
static const uint8_t two_bytes[256] = { /* behind 0f */
	/* 00 */ M, M, M, M, X, N, N, N, N, N, X, N, X, M, N, I,
	/* 10 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* 20 */ M, M, M, M, X, X, X, X, M, M, M, M, M, M, M, M,
	/* 30 */ N, N, N, N, N, N, X, N, X, X, X, X, X, X, X, X,
	/* 40 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* 50 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* 60 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* 70 */ I, I, I, I, M, M, M, N, M, M, X, X, M, M, M, M,
	/* 80 */ K, K, K, K, K, K, K, K, K, K, K, K, K, K, K, K,
	/* 90 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* a0 */ N, N, N, M, I, M, X, X, N, N, N, M, I, M, M, M,
	/* b0 */ M, M, M, M, M, M, M, M, M, M, I, M, M, M, M, M,
	/* c0 */ M, M, I, M, I, I, I, M, N, N, N, N, N, N, N, N,
	/* d0 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* e0 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
	/* f0 */ M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M,
};
#undef N
#undef M
#undef B
#undef W
#undef X
#undef J
#undef I
#undef K
/* clang-format on */

/* The opcode maps behind 0f, 0f 38 and 0f 3a, as VEX and EVEX number them. */
enum map { MAP_ONE = 0, MAP_0F = 1, MAP_0F38 = 2, MAP_0F3A = 3 };

struct reading {
	const uint8_t *code;
	size_t room, at;
	bool wide;    /* REX.W */
	bool narrow;  /* prefix 66 */
	bool address; /* prefix 67: addresses are of 32 bits */
	bool vector;  /* VEX or EVEX */
	enum map map;
	uint8_t opcode, modrm;
};

static bool byte_take(struct reading *reading, uint8_t *byte)
{
	if (reading->at >= reading->room)
		return false;
	*byte = reading->code[reading->at++];
	return true;
}

static bool is_legacy_prefix(uint8_t byte)
{
	return byte == 0x26 || byte == 0x2e || byte == 0x36 || byte == 0x3e ||
	       (byte >= 0x64 && byte <= 0x67) || byte == 0xf0 || byte == 0xf2 || byte == 0xf3;
}

/* Reads the rest of a VEX or EVEX prefix behind c4, c5 or 62, and the opcode. The prefix has
 * `rest` more bytes; the first of them names the opcode map, except for c5. */
static bool vector_take(struct reading *reading, uint8_t first)
{
	unsigned rest = first == 0xc5 ? 1 : first == 0xc4 ? 2 : 3;
	uint8_t byte, map = MAP_0F;

	for (unsigned i = 0; i < rest; i++) {
		if (!byte_take(reading, &byte))
			return false;
		if (i == 0 && first != 0xc5)
			map = byte & (first == 0xc4 ? 0x1f : 0x07);
	}
	if (map < MAP_0F || map > MAP_0F3A)
		return false;
	reading->vector = true;
	reading->map = (enum map)map;
	return byte_take(reading, &reading->opcode);
}

static bool opcode_take(struct reading *reading)
{
	uint8_t byte;

	for (;;) {
		if (!byte_take(reading, &byte))
			return false;
		if (!is_legacy_prefix(byte))
			break;
		reading->narrow |= byte == 0x66;
		reading->address |= byte == 0x67;
	}
	if (byte >= 0x40 && byte <= 0x4f) {
		reading->wide = byte & 8;
		if (!byte_take(reading, &byte) || is_legacy_prefix(byte))
			return false;
	} else if (byte == 0xc4 || byte == 0xc5 || byte == 0x62) {
		return vector_take(reading, byte);
	}
	reading->opcode = byte;
	if (byte != 0x0f)
		return true;
	reading->map = MAP_0F;
	if (!byte_take(reading, &reading->opcode))
		return false;
	if (reading->opcode != 0x38 && reading->opcode != 0x3a)
		return true;
	reading->map = reading->opcode == 0x38 ? MAP_0F38 : MAP_0F3A;
	return byte_take(reading, &reading->opcode);
}

static enum follows opcode_follows(const struct reading *reading)
{
	switch (reading->map) {
	case MAP_ONE:
		return (enum follows)one_byte[reading->opcode];
	case MAP_0F38:
		return MODRM;
	case MAP_0F3A:
		return MODRM_BYTE;
	case MAP_0F:
		break;
	}
	enum follows follows = (enum follows)two_bytes[reading->opcode];

	return reading->vector && follows == JUMP_32 ? WRONG : follows;
}

/* The ModRM byte, a SIB byte and a displacement. */
static bool modrm_take(struct reading *reading, struct decoded *decoded)
{
	uint8_t sib = 0;

	if (!byte_take(reading, &reading->modrm))
		return false;
	unsigned mod = reading->modrm >> 6, rm = reading->modrm & 7;

	if (mod == 3)
		return true;
	if (rm == 4 && !byte_take(reading, &sib))
		return false;
	if (mod == 0 && rm == 5) {
		if (reading->address)
			return false; /* relative to eip: compilers do not write that */
		decoded->kind = DECODED_RELATIVE;
		decoded->field = (uint8_t)reading->at;
	}
	if (mod == 1)
		reading->at += 1;
	else if (mod == 2 || rm == 5 || (rm == 4 && (sib & 7) == 5))
		reading->at += mod == 0 || mod == 2 ? 4 : 0;
	return true;
}

static size_t immediate_bytes(const struct reading *reading, enum follows follows)
{
	size_t word = reading->narrow && !reading->wide ? 2 : 4;
	bool tests = (reading->modrm >> 3 & 7) < 2;

	switch (follows) {
	case BYTE:
	case MODRM_BYTE:
	case JUMP_8:
		return 1;
	case HALF:
		return 2;
	case ENTER:
		return 3;
	case WORD:
	case MODRM_WORD:
		return word;
	case WIDE:
		return reading->wide ? 8 : word;
	case OFFSET:
		return reading->address ? 4 : 8;
	case JUMP_32:
		return 4;
	case GROUP_BYTE:
		return tests ? 1 : 0;
	case GROUP_WORD:
		return tests ? word : 0;
	default:
		return 0;
	}
}

static bool has_modrm(enum follows follows)
{
	return follows == MODRM || follows == MODRM_BYTE || follows == MODRM_WORD ||
	       follows == GROUP_BYTE || follows == GROUP_WORD;
}

/* The target of the displacement at the end of the instruction. */
static int64_t displaced(const struct reading *reading, size_t bytes)
{
	int32_t wide;

	if (bytes == 1)
		return (int64_t)reading->at + (int8_t)reading->code[reading->at - 1];
	memcpy(&wide, reading->code + reading->at - 4, sizeof wide);
	return (int64_t)reading->at + wide;
}

static void flow_read(const struct reading *reading, enum follows follows,
		      struct decoded *decoded)
{
	uint8_t opcode = reading->opcode, operation = reading->modrm >> 3 & 7;

	if (follows == JUMP_8 || follows == JUMP_32) {
		decoded->target = displaced(reading, follows == JUMP_8 ? 1 : 4);
		decoded->condition = opcode & 15;
		if (reading->map == MAP_0F || opcode >> 4 == 7)
			decoded->kind = DECODED_BRANCH;
		else if (opcode == 0xe8)
			decoded->kind = DECODED_CALL;
		else if (opcode == 0xe9 || opcode == 0xeb)
			decoded->kind = DECODED_JUMP;
		else
			decoded->kind = DECODED_LOOP;
	} else if (reading->map == MAP_ONE) {
		if (opcode == 0xc3 || opcode == 0xc2 || opcode == 0xcb || opcode == 0xca ||
		    opcode == 0xcf || opcode == 0xf4 ||
		    (opcode == 0xff && (operation == 4 || operation == 5)))
			decoded->kind = decoded->kind == DECODED_RELATIVE ? DECODED_RELATIVE
									  : DECODED_END;
		decoded->is_nop = opcode == 0xcc || (opcode == 0x90 && !reading->wide);
	} else if (reading->map == MAP_0F && !reading->vector) {
		if (opcode == 0x0b)
			decoded->kind = DECODED_END;
		decoded->is_nop = opcode == 0x1f && decoded->kind == DECODED_PLAIN;
	}
}

bool decode(const uint8_t *code, size_t room, struct decoded *decoded)
{
	struct reading reading = {.code = code,
				  .room = room < INSTRUCTION_BYTES ? room : INSTRUCTION_BYTES};

	*decoded = (struct decoded){.kind = DECODED_PLAIN};
	if (!opcode_take(&reading))
		return false;
	enum follows follows = opcode_follows(&reading);

	if (follows == WRONG || (has_modrm(follows) && !modrm_take(&reading, decoded)))
		return false;
	reading.at += immediate_bytes(&reading, follows);
	if (reading.at > reading.room)
		return false;
	if (follows == JUMP_32 && reading.narrow && !reading.wide)
		return false; /* processors do not agree on its length */
	if (decoded->kind == DECODED_RELATIVE) {
		int32_t wide;

		memcpy(&wide, code + decoded->field, sizeof wide);
		decoded->target = (int64_t)reading.at + wide;
	}
	decoded->bytes = (uint8_t)reading.at;
	flow_read(&reading, follows, decoded);
	return true;
}
