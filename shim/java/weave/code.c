/* SPDX-License-Identifier: Apache-2.0 */
/*
 * code.c - a method's body with calls woven in.
 *
 * Two passes over the instructions: the first finds where each one moves to, the
 * second copies them with corrected jumps. The inserted code leaves the operand
 * stack unchanged and does not jump, so the types at all other places stay the
 * same.
 */
#include "java/weave/code.h"

#include "java/weave/constants.h"
#include "java/weave/frames.h"

enum opcode {
	OP_ILOAD = 0x15,
	OP_ALOAD = 0x19,
	OP_DUP = 0x59,
	OP_IFEQ = 0x99,
	OP_GOTO = 0xa7,
	OP_JSR = 0xa8,
	OP_RET = 0xa9,
	OP_TABLESWITCH = 0xaa,
	OP_LOOKUPSWITCH = 0xab,
	OP_IRETURN = 0xac,
	OP_RETURN = 0xb1,
	OP_INVOKESTATIC = 0xb8,
	OP_ATHROW = 0xbf,
	OP_WIDE = 0xc4,
	OP_IFNULL = 0xc6,
	OP_IFNONNULL = 0xc7,
	OP_GOTO_W = 0xc8,
	OP_JSR_W = 0xc9,
	OP_IINC = 0x84,
};

#define TABLE_MOST 65536 /* entries of a switch: more than a method can have */

/* Bytes of an instruction by opcode, in runs of equal ones; 0: see below. */
static const struct {
	uint8_t first, last, bytes;
} lengths[] = {
	{0x00, 0x0f, 1}, {0x10, 0x10, 2}, {0x11, 0x11, 3}, {0x12, 0x12, 2}, {0x13, 0x14, 3},
	{0x15, 0x19, 2}, {0x1a, 0x35, 1}, {0x36, 0x3a, 2}, {0x3b, 0x83, 1}, {0x84, 0x84, 3},
	{0x85, 0x98, 1}, {0x99, 0xa8, 3}, {0xa9, 0xa9, 2}, {0xac, 0xb1, 1}, {0xb2, 0xb8, 3},
	{0xb9, 0xba, 5}, {0xbb, 0xbb, 3}, {0xbc, 0xbc, 2}, {0xbd, 0xbd, 3}, {0xbe, 0xbf, 1},
	{0xc0, 0xc1, 3}, {0xc2, 0xc3, 1}, {0xc5, 0xc5, 4}, {0xc6, 0xc7, 3}, {0xc8, 0xc9, 5},
};

static uint32_t switch_bytes(const uint8_t *code, uint32_t at, uint32_t size)
{
	uint32_t table = (at + 4) & ~3u;

	if (table + (code[at] == OP_TABLESWITCH ? 12 : 8) > size)
		return 0;
	if (code[at] == OP_LOOKUPSWITCH) {
		uint32_t pairs = bytes_number(code + table + 4, 4);

		return pairs > TABLE_MOST ? 0 : table + 8 + 8 * pairs - at;
	}
	uint32_t entries =
		bytes_number(code + table + 8, 4) - bytes_number(code + table + 4, 4) + 1;

	return entries > TABLE_MOST ? 0 : table + 12 + 4 * entries - at;
}

/* 0: an unknown instruction, or one that does not end inside the code. */
static uint32_t instruction_bytes(const uint8_t *code, uint32_t at, uint32_t size)
{
	uint8_t opcode = code[at];
	uint32_t bytes = 0;

	if (opcode == OP_TABLESWITCH || opcode == OP_LOOKUPSWITCH)
		bytes = switch_bytes(code, at, size);
	else if (opcode == OP_WIDE && size - at > 1)
		bytes = code[at + 1] == OP_IINC ? 6 : 4;
	for (size_t i = 0; !bytes && i < sizeof lengths / sizeof *lengths; i++)
		if (opcode >= lengths[i].first && opcode <= lengths[i].last)
			bytes = lengths[i].bytes;
	return bytes && bytes <= size - at ? bytes : 0;
}

static bool is_return(uint8_t opcode)
{
	return opcode >= OP_IRETURN && opcode <= OP_RETURN;
}

static bool is_jump(uint8_t opcode)
{
	return (opcode >= OP_IFEQ && opcode <= OP_GOTO) || opcode == OP_IFNULL ||
	       opcode == OP_IFNONNULL;
}

/* ---- the inserted code ---- */

static uint32_t call_bytes(const struct weave_hook *hook)
{
	uint32_t bytes = 3;

	for (const char *operand = hook->operands; *operand; operand++) {
		bytes += *operand == 'd' ? 1 : 2;
		if (*operand != 'd')
			operand++;
	}
	return bytes;
}

static uint32_t calls_bytes(const struct weave_body *body, enum weave_where where)
{
	uint32_t bytes = 0;

	for (size_t i = 0; i < body->call_count; i++)
		if (body->calls[i].hook->where == where)
			bytes += call_bytes(body->calls[i].hook);
	return bytes;
}

static void calls_write(const struct weave_body *body, enum weave_where where, struct sink *to)
{
	for (size_t i = 0; i < body->call_count; i++) {
		const struct weave_call *call = &body->calls[i];

		if (call->hook->where != where)
			continue;
		for (const char *operand = call->hook->operands; *operand; operand++) {
			if (*operand == 'd') {
				sink_number(to, 1, OP_DUP);
				continue;
			}
			sink_number(to, 1, *operand == 'i' ? OP_ILOAD : OP_ALOAD);
			sink_number(to, 1, (uint32_t)(*++operand - '0'));
		}
		sink_number(to, 1, OP_INVOKESTATIC);
		sink_number(to, 2, call->method);
	}
}

/* ---- first pass ---- */

static bool places_find(struct weave_body *body)
{
	uint32_t returns = calls_bytes(body, WEAVE_RETURNS);
	uint32_t to = body->entry_bytes;
	uint32_t at = 0;

	memset(body->room->moved, 0xff, (body->code_bytes + 1) * sizeof *body->room->moved);
	while (at < body->code_bytes) {
		uint8_t opcode = body->code[at];
		uint32_t bytes = instruction_bytes(body->code, at, body->code_bytes);

		if (!bytes || opcode == OP_JSR || opcode == OP_JSR_W || opcode == OP_RET)
			return false;
		body->room->moved[at] = to;
		if (is_return(opcode))
			to += returns;
		/* The padding of a switch depends on its offset. */
		if (opcode == OP_TABLESWITCH || opcode == OP_LOOKUPSWITCH)
			to += bytes - (3 - at % 4) + (3 - to % 4);
		else
			to += bytes;
		at += bytes;
	}
	body->room->moved[at] = to;
	return at == body->code_bytes && to + body->left_bytes < 65536;
}

/* ---- second pass ---- */

struct jump {
	const struct weave_body *body;
	uint32_t from; /* the instruction, where it was */
	uint32_t to;   /* and where it is */
};

static void offset_write(const struct jump *jump, uint32_t offset, size_t bytes,
			 struct sink *to)
{
	uint32_t target = weave_body_moved(jump->body, jump->from + offset);
	int64_t moved = (int64_t)target - jump->to;

	if (target == WEAVE_NOWHERE ||
	    (bytes == 2 && (moved > INT16_MAX || moved < INT16_MIN))) {
		to->failed = true;
		return;
	}
	sink_number(to, bytes, (uint32_t)moved);
}

static void switch_write(const struct jump *jump, struct source *code, struct sink *to)
{
	uint8_t opcode = (uint8_t)source_number(code, 1);
	uint32_t count, i;

	source_take(code, 3 - jump->from % 4);
	sink_number(to, 1, opcode);
	for (i = 0; i < 3 - jump->to % 4; i++)
		sink_number(to, 1, 0);
	offset_write(jump, source_number(code, 4), 4, to);
	if (opcode == OP_TABLESWITCH) {
		uint32_t low = source_number(code, 4);
		uint32_t high = source_number(code, 4);

		sink_number(to, 4, low);
		sink_number(to, 4, high);
		count = high - low + 1;
	} else {
		count = source_number(code, 4);
		sink_number(to, 4, count);
	}
	for (i = 0; i < count && !to->failed; i++) {
		if (opcode == OP_LOOKUPSWITCH)
			copy_number(code, to, 4);
		offset_write(jump, source_number(code, 4), 4, to);
	}
}

static void instruction_write(const struct weave_body *body, uint32_t at, uint32_t bytes,
			      uint32_t begin, struct sink *to)
{
	struct source code = {body->code + at, body->code + at + bytes, false};
	uint8_t opcode = body->code[at];
	struct jump jump = {body, at, (uint32_t)sink_size(to) - begin};

	if (opcode == OP_TABLESWITCH || opcode == OP_LOOKUPSWITCH) {
		switch_write(&jump, &code, to);
	} else if (is_jump(opcode)) {
		copy_number(&code, to, 1);
		offset_write(&jump, (uint32_t)(int16_t)source_number(&code, 2), 2, to);
	} else if (opcode == OP_GOTO_W) {
		copy_number(&code, to, 1);
		offset_write(&jump, source_number(&code, 4), 4, to);
	} else {
		sink_bytes(to, body->code + at, bytes);
	}
	to->failed |= code.failed;
}

static void instructions_write(const struct weave_body *body, struct sink *to)
{
	uint32_t begin = (uint32_t)sink_size(to);
	uint32_t bytes;

	calls_write(body, WEAVE_ENTRY, to);
	for (uint32_t at = 0; at < body->code_bytes && !to->failed; at += bytes) {
		bytes = instruction_bytes(body->code, at, body->code_bytes);
		if (is_return(body->code[at]))
			calls_write(body, WEAVE_RETURNS, to);
		instruction_write(body, at, bytes, begin, to);
	}
	/* Both passes must have got the same size. */
	if (sink_size(to) - begin != body->room->moved[body->code_bytes])
		to->failed = true;
	if (!body->left_bytes)
		return;
	calls_write(body, WEAVE_LEFT, to);
	sink_number(to, 1, OP_ATHROW);
}

/* ---- attributes with offsets into the code ---- */

static void place_copy(const struct weave_body *body, struct source *from, struct sink *to)
{
	uint32_t moved = weave_body_moved(body, source_number(from, 2));

	if (moved > 65535)
		to->failed = true;
	sink_number(to, 2, moved);
}

static void handlers_copy(const struct weave_body *body, struct source *from, struct sink *to)
{
	uint32_t count = source_number(from, 2);

	sink_number(to, 2, count + (body->left_bytes > 0));
	for (uint32_t i = 0; i < count && !from->failed; i++) {
		for (int part = 0; part < 3; part++) /* from, to, handler */
			place_copy(body, from, to);
		copy_number(from, to, 2); /* the type that it catches */
	}
	if (!body->left_bytes)
		return;
	/* The last entry covers all of the method's code, for exceptions that no handler of its
	 * own catches. */
	sink_number(to, 2, body->entry_bytes);
	sink_number(to, 2, weave_body_left(body));
	sink_number(to, 2, weave_body_left(body));
	sink_number(to, 2, 0);
}

/* The ranges of the first line and of the parameters begin with the inserted code. */
static uint32_t from_entry(const struct weave_body *body, uint32_t at)
{
	return at == 0 ? 0 : weave_body_moved(body, at);
}

static void lines_copy(const struct weave_body *body, struct source *from, struct sink *to)
{
	uint32_t count = source_number(from, 2);

	sink_number(to, 2, count);
	for (uint32_t i = 0; i < count && !from->failed; i++) {
		uint32_t begin = from_entry(body, source_number(from, 2));

		to->failed |= begin > 65535;
		sink_number(to, 2, begin);
		copy_number(from, to, 2);
	}
}

static void variables_copy(const struct weave_body *body, struct source *from, struct sink *to)
{
	uint32_t count = source_number(from, 2);

	sink_number(to, 2, count);
	for (uint32_t i = 0; i < count && !from->failed; i++) {
		uint32_t at = source_number(from, 2);
		uint32_t begin = from_entry(body, at);
		uint32_t end = weave_body_moved(body, at + source_number(from, 2));

		to->failed |= begin > 65535 || end > 65535;
		sink_number(to, 2, begin);
		sink_number(to, 2, end - begin);
		for (int part = 0; part < 3; part++) /* name, type, variable */
			copy_number(from, to, 2);
	}
}

/* One attribute of the code; false: it was left out. */
static bool attribute_copy(const struct weave_body *body, struct source *from, struct sink *to)
{
	const struct weave *weave = body->weave;
	uint32_t name = source_number(from, 2);
	uint32_t bytes = source_number(from, 4);
	const uint8_t *content = source_take(from, bytes);

	if (!content || weave_constant_is(weave, name, "RuntimeVisibleTypeAnnotations") ||
	    weave_constant_is(weave, name, "RuntimeInvisibleTypeAnnotations"))
		return false; /* they have offsets, too; no API reads them */
	struct source inner = {content, content + bytes, false};

	sink_number(to, 2, name);
	size_t length_at = sink_size(to);

	sink_number(to, 4, 0);
	if (weave_constant_is(weave, name, "LineNumberTable"))
		lines_copy(body, &inner, to);
	else if (weave_constant_is(weave, name, "LocalVariableTable") ||
		 weave_constant_is(weave, name, "LocalVariableTypeTable"))
		variables_copy(body, &inner, to);
	else if (weave_constant_is(weave, name, "StackMapTable"))
		to->failed |= !weave_frames(body, &inner, to);
	else
		sink_bytes(to, source_take(&inner, bytes), bytes);
	to->failed |= inner.failed;
	sink_patch(to, length_at, 4, (uint32_t)(sink_size(to) - length_at - 4));
	return true;
}

/* A method without jumps has no stack map; the added exception handler needs one. */
static void map_add(const struct weave_body *body, struct sink *to)
{
	static const uint8_t none[] = {0, 0};
	struct source empty = {none, none + sizeof none, false};

	sink_number(to, 2, body->weave->constants + WEAVE_CONSTANT_MAP);
	size_t length_at = sink_size(to);

	sink_number(to, 4, 0);
	to->failed |= !weave_frames(body, &empty, to);
	sink_patch(to, length_at, 4, (uint32_t)(sink_size(to) - length_at - 4));
}

static bool attribute_is_map(const struct weave_body *body, struct source ahead)
{
	return weave_constant_is(body->weave, source_number(&ahead, 2), "StackMapTable");
}

static void attributes_copy(const struct weave_body *body, struct source *from, struct sink *to)
{
	uint32_t count = source_number(from, 2);
	size_t count_at = sink_size(to);
	uint32_t kept = 0;
	bool mapped = false;

	sink_number(to, 2, 0);
	for (uint32_t i = 0; i < count && !from->failed; i++) {
		mapped |= attribute_is_map(body, *from);
		kept += attribute_copy(body, from, to);
	}
	if (body->left_bytes && !mapped) {
		map_add(body, to);
		kept++;
	}
	sink_patch(to, count_at, 2, kept);
}

static uint32_t left_bytes(const struct weave_body *body)
{
	uint32_t calls = calls_bytes(body, WEAVE_LEFT);

	return calls ? calls + 1 : 0;
}

bool weave_code(struct weave_body *body, struct source *from, struct sink *to)
{
	sink_number(to, 2, source_number(from, 2) + 5); /* the stack: our operands */
	copy_number(from, to, 2);			/* variables */
	body->code_bytes = source_number(from, 4);
	if (body->code_bytes == 0 || body->code_bytes > 65535)
		return false;
	body->code = source_take(from, body->code_bytes);
	body->entry_bytes = calls_bytes(body, WEAVE_ENTRY);
	body->left_bytes = left_bytes(body);
	if (!body->code || !places_find(body))
		return false;
	sink_number(to, 4, weave_body_left(body) + body->left_bytes);
	instructions_write(body, to);
	handlers_copy(body, from, to);
	attributes_copy(body, from, to);
	return !from->failed && !to->failed;
}
