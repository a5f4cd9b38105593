/* SPDX-License-Identifier: Apache-2.0 */
/*
 * body.h - a method's body while it is woven: the calls to insert, and where each instruction
 * moves to.
 */
#ifndef UNFLUSHED_WEAVE_BODY_H
#define UNFLUSHED_WEAVE_BODY_H

#include "java/weave/weave.h"

struct weave_call {
	const struct weave_hook *hook;
	uint16_t method; /* the constant of the method to call */
};

struct weave_body {
	const struct weave *weave;
	struct weave_room *room;
	struct weave_call calls[4];
	size_t call_count;
	const uint8_t *code;
	uint32_t code_bytes;
	uint32_t entry_bytes; /* size of the code that is inserted at the entry, */
	uint32_t left_bytes;  /* and behind the method's code, as the handler of exceptions */
};

#define WEAVE_NOWHERE UINT32_MAX

/* Where the instruction at `at` moves to, or the code that is inserted before it;
 * WEAVE_NOWHERE: no instruction begins there. The end of the code counts as one. */
static inline uint32_t weave_body_moved(const struct weave_body *body, uint32_t at)
{
	return at <= body->code_bytes ? body->room->moved[at] : WEAVE_NOWHERE;
}

/* Where the handler begins of exceptions that leave the method: behind its own code. */
static inline uint32_t weave_body_left(const struct weave_body *body)
{
	return body->room->moved[body->code_bytes];
}

#endif
