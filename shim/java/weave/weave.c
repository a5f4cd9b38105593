/* SPDX-License-Identifier: Apache-2.0 */
/*
 * weave.c - see weave.h. A class file from end to end: its constants (constants.c),
 * fields and methods, whose bodies are code.c's.
 */
#include "java/weave/weave.h"

#include "java/weave/code.h"
#include "java/weave/constants.h"

#define MAGIC 0xcafebabeu
/* Older class files have no stack maps, and no known client has any. */
#define CLASS_VERSION_OLDEST 50
#define ACCESS_NATIVE_STATIC (0x0001 | 0x0008 | 0x0100 | 0x1000) /* public, synthetic */
#define ACCESS_CLASS (0x0001 | 0x0010 | 0x0020 | 0x1000) /* public final super synthetic */

/* Whether a descriptor has this shape: "L" for every class and array. */
static bool shape_is(const struct weave *weave, uint32_t constant, const char *shape)
{
	size_t bytes = 0;
	const char *at = weave_constant_text(weave, constant, &bytes);
	const char *end = at ? at + bytes : NULL;

	if (strcmp(shape, "*") == 0)
		return at != NULL;
	while (at && at < end) {
		char type = *at;

		while (at < end && *at == '[') {
			type = 'L';
			at++;
		}
		if (at < end && *at == 'L')
			while (at < end && *at != ';')
				at++;
		if (*shape++ != type)
			return false;
		at++;
	}
	return at && *shape == '\0';
}

void weave_descriptor(const struct weave_hook *hook, char descriptor[128])
{
	char *to = descriptor;

	*to++ = '(';
	for (const char *operand = hook->operands; *operand; operand++) {
		if (*operand == 'i') {
			*to++ = 'I';
		} else {
			memcpy(to, "Ljava/lang/Object;", 18);
			to += 18;
		}
		if (*operand != 'd')
			operand++;
	}
	memcpy(to, ")V", 3);
}

/* ---- constants of ours, behind the class's own ---- */

#define CONSTANTS_PER_HOOK 4

static uint32_t hook_method(const struct weave *weave, size_t hook)
{
	return weave->constants + WEAVE_CONSTANTS + (uint32_t)hook * CONSTANTS_PER_HOOK + 3;
}

static void hook_constants(const struct weave_hook *hook, uint32_t target, uint32_t first,
			   struct sink *to)
{
	char descriptor[128];

	weave_descriptor(hook, descriptor);
	sink_number(to, 1, CONSTANT_TEXT);
	sink_text(to, hook->call);
	sink_number(to, 1, CONSTANT_TEXT);
	sink_text(to, descriptor);
	sink_number(to, 1, CONSTANT_NAME_AND_TYPE);
	sink_number(to, 2, first);
	sink_number(to, 2, first + 1);
	sink_number(to, 1, CONSTANT_METHOD);
	sink_number(to, 2, target);
	sink_number(to, 2, first + 2);
}

/* The constants of enum weave_added. */
static void fixed_constants(const struct weave *weave, struct sink *to)
{
	const char *const texts[] = {weave->target, "java/lang/Throwable"};

	for (uint32_t i = 0; i < 2; i++) {
		sink_number(to, 1, CONSTANT_TEXT);
		sink_text(to, texts[i]);
		sink_number(to, 1, CONSTANT_CLASS);
		sink_number(to, 2, weave->constants + 2 * i);
	}
	sink_number(to, 1, CONSTANT_TEXT);
	sink_text(to, "StackMapTable");
}

/* Only those of this class's rows are used; all are there, at fixed places. */
static void constants_add(const struct weave *weave, struct sink *to)
{
	fixed_constants(weave, to);
	for (size_t i = 0; i < weave->hook_count; i++)
		hook_constants(&weave->hooks[i], weave->constants + WEAVE_CONSTANT_TARGET,
			       hook_method(weave, i) - 3, to);
}

/* ---- fields and methods ---- */

static void attribute_pass(struct source *from, struct sink *to)
{
	const uint8_t *begin = from->at;

	source_number(from, 2);
	source_take(from, source_number(from, 4));
	if (!from->failed)
		sink_bytes(to, begin, (size_t)(from->at - begin));
}

static void fields_pass(struct source *from, struct sink *to)
{
	uint32_t count = source_number(from, 2);

	sink_number(to, 2, count);
	for (uint32_t i = 0; i < count && !from->failed && !to->failed; i++) {
		for (int part = 0; part < 3; part++) /* access, name, descriptor */
			copy_number(from, to, 2);
		uint32_t attributes = source_number(from, 2);

		sink_number(to, 2, attributes);
		while (attributes-- > 0 && !from->failed)
			attribute_pass(from, to);
	}
}

static void body_begin(struct weave *weave, struct weave_body *body, uint32_t name,
		       uint32_t descriptor)
{
	*body = (struct weave_body){.weave = weave, .room = weave->room};
	for (size_t i = 0; i < weave->hook_count; i++) {
		const struct weave_hook *hook = &weave->hooks[i];

		if (strcmp(hook->class, weave->class) != 0 ||
		    !weave_constant_is(weave, name, hook->method) ||
		    !shape_is(weave, descriptor, hook->shape) || body->call_count == 4)
			continue;
		body->calls[body->call_count++] =
			(struct weave_call){hook, (uint16_t)hook_method(weave, i)};
		weave->woven |= 1ull << i;
	}
}

/* The Code attribute of a method that has calls woven in. */
static bool code_pass(struct weave_body *body, struct source *from, struct sink *to)
{
	copy_number(from, to, 2);
	uint32_t bytes = source_number(from, 4);
	const uint8_t *content = source_take(from, bytes);
	size_t length_at = sink_size(to);

	sink_number(to, 4, 0);
	if (!content)
		return false;
	struct source inner = {content, content + bytes, false};
	bool whole = weave_code(body, &inner, to);

	sink_patch(to, length_at, 4, (uint32_t)(sink_size(to) - length_at - 4));
	return whole;
}

static bool method_pass(struct weave *weave, struct source *from, struct sink *to)
{
	struct weave_body body;

	copy_number(from, to, 2); /* access */
	uint32_t name = source_number(from, 2);
	uint32_t descriptor = source_number(from, 2);
	uint32_t attributes = source_number(from, 2);
	bool coded = false;

	sink_number(to, 2, name);
	sink_number(to, 2, descriptor);
	sink_number(to, 2, attributes);
	body_begin(weave, &body, name, descriptor);
	for (uint32_t i = 0; i < attributes && !from->failed; i++) {
		struct source ahead = *from;

		if (!body.call_count ||
		    !weave_constant_is(weave, source_number(&ahead, 2), "Code"))
			attribute_pass(from, to);
		else if (coded || !code_pass(&body, from, to))
			return false;
		else
			coded = true;
	}
	return coded || !body.call_count; /* not one without a body */
}

bool weave_class(struct weave *weave)
{
	struct source from = {weave->bytes, weave->bytes + weave->size, false};
	struct sink to = {weave->out, weave->out, weave->out + weave->out_room, false};

	weave->woven = 0;
	if (source_number(&from, 4) != MAGIC)
		return false;
	uint32_t version = source_number(&from, 4);
	uint32_t own = weave->constants = source_number(&from, 2);
	uint32_t all = hook_method(weave, weave->hook_count) - 3;

	if ((version & 0xffff) < CLASS_VERSION_OLDEST || own == 0 || all > 65535 ||
	    !weave_constants_read(weave, &from, own))
		return false;
	sink_number(&to, 4, MAGIC);
	sink_number(&to, 4, version);
	sink_number(&to, 2, all);
	sink_bytes(&to, weave->bytes + 10, (size_t)(from.at - weave->bytes) - 10);
	constants_add(weave, &to);
	copy_number(&from, &to, 2); /* access */
	sink_number(&to, 2, weave->self = source_number(&from, 2));
	copy_number(&from, &to, 2); /* super class */
	uint32_t interfaces = source_number(&from, 2);

	sink_number(&to, 2, interfaces);
	while (interfaces-- > 0 && !from.failed)
		copy_number(&from, &to, 2);
	fields_pass(&from, &to);
	uint32_t methods = source_number(&from, 2);

	sink_number(&to, 2, methods);
	while (methods-- > 0)
		if (from.failed || to.failed || !method_pass(weave, &from, &to))
			return false;
	sink_bytes(&to, from.at, (size_t)(from.end - from.at)); /* the class's attributes */
	weave->out_size = sink_size(&to);
	return !from.failed && !to.failed && weave->woven;
}

/* ---- the class that is called ---- */

static bool is_first_of_its_name(const struct weave_hook *hooks, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(hooks[i].call, hooks[at].call) == 0)
			return false;
	return true;
}

size_t weave_target(const struct weave_hook *hooks, size_t count, const char *name,
		    uint8_t *out, size_t room)
{
	struct sink to = {out, out, out + room, false};
	uint32_t methods = 0;
	char descriptor[128];

	sink_number(&to, 4, MAGIC);
	sink_number(&to, 4, 52); /* Java 8 */
	sink_number(&to, 2, 5 + 2 * (uint32_t)count);
	sink_number(&to, 1, CONSTANT_TEXT);
	sink_text(&to, name);
	sink_number(&to, 1, CONSTANT_CLASS);
	sink_number(&to, 2, 1);
	sink_number(&to, 1, CONSTANT_TEXT);
	sink_text(&to, "java/lang/Object");
	sink_number(&to, 1, CONSTANT_CLASS);
	sink_number(&to, 2, 3);
	for (size_t i = 0; i < count; i++) {
		weave_descriptor(&hooks[i], descriptor);
		sink_number(&to, 1, CONSTANT_TEXT);
		sink_text(&to, hooks[i].call);
		sink_number(&to, 1, CONSTANT_TEXT);
		sink_text(&to, descriptor);
		methods += is_first_of_its_name(hooks, i);
	}
	sink_number(&to, 2, ACCESS_CLASS);
	sink_number(&to, 2, 2);
	sink_number(&to, 2, 4);
	sink_number(&to, 4, 0); /* interfaces, fields */
	sink_number(&to, 2, methods);
	for (size_t i = 0; i < count; i++) {
		if (!is_first_of_its_name(hooks, i))
			continue;
		sink_number(&to, 2, ACCESS_NATIVE_STATIC);
		sink_number(&to, 2, 5 + 2 * (uint32_t)i);
		sink_number(&to, 2, 6 + 2 * (uint32_t)i);
		sink_number(&to, 2, 0);
	}
	sink_number(&to, 2, 0);
	return to.failed ? 0 : sink_size(&to);
}
