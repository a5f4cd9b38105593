/* SPDX-License-Identifier: Apache-2.0 */
/*
 * code.h - shared by the parts of weave.c, and by nobody else.
 */
#ifndef UNFLUSHED_WEAVE_CODE_H
#define UNFLUSHED_WEAVE_CODE_H

#include "java/weave/weave.h"
#include "java/weave/bytes.h"

struct weave_call {
	const struct weave_hook *hook;
	uint16_t method; /* the constant of the method to call */
};

/* A method's body on its way. */
struct weave_body {
	const struct weave *weave;
	struct weave_room *room;
	struct weave_call calls[4];
	size_t call_count;
	const uint8_t *code;
	uint32_t code_bytes;
	uint32_t entry_bytes; /* woven in at the entry */
};

#define WEAVE_NOWHERE UINT32_MAX

/* Whether a constant is this text. */
bool weave_text_is(const struct weave *weave, uint32_t constant, const char *text);

/* The content of a Code attribute, woven. */
bool weave_code(struct weave_body *body, struct source *from, struct sink *to);

/* Where the instruction at `at` went, together with what is woven in before
 * it; WEAVE_NOWHERE when none begins there. The end of the code counts. */
static inline uint32_t weave_moved(const struct weave_body *body, uint32_t at)
{
	return at <= body->code_bytes ? body->room->moved[at] : WEAVE_NOWHERE;
}

/* The content of a StackMapTable attribute. */
bool weave_stack_map(const struct weave_body *body, struct source *from, struct sink *to);

#endif
