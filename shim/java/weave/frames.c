/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frames.c - moves a stack map along with the code that it describes.
 *
 * A frame has its offset as a distance from the one before, in 6 bits or in 16;
 * types of uninitialized objects have the offset of their `new`.
 */
#include "java/weave/frames.h"

#include "java/weave/constants.h"

enum frame {
	FRAME_SAME = 0, /* .. 63 */
	FRAME_ONE = 64, /* .. 127: one value on the stack */
	FRAME_ONE_FAR = 247,
	FRAME_CHOP = 248, /* .. 250 */
	FRAME_SAME_FAR = 251,
	FRAME_APPEND = 252, /* .. 254: so many more variables */
	FRAME_FULL = 255,
};
#define TYPE_OBJECT 7
#define TYPE_NEW 8

static void types_copy(const struct weave_body *body, uint32_t count, struct source *from,
		       struct sink *to)
{
	for (uint32_t i = 0; i < count && !from->failed; i++) {
		uint32_t type = source_number(from, 1);

		sink_number(to, 1, type);
		if (type == TYPE_OBJECT) {
			copy_number(from, to, 2);
		} else if (type == TYPE_NEW) {
			uint32_t moved = weave_body_moved(body, source_number(from, 2));

			to->failed |= moved > 65535;
			sink_number(to, 2, moved);
		} else if (type > TYPE_NEW) {
			from->failed = true;
		}
	}
}

static uint32_t frame_distance(uint32_t kind, struct source *from)
{
	if (kind < FRAME_ONE)
		return kind;
	if (kind < 128)
		return kind - FRAME_ONE;
	return source_number(from, 2);
}

static void frame_begin(uint32_t kind, uint32_t distance, struct sink *to)
{
	if (kind < 128) {
		uint32_t base = kind < FRAME_ONE ? FRAME_SAME : FRAME_ONE;

		if (distance < 64) {
			sink_number(to, 1, base + distance);
			return;
		}
		kind = base == FRAME_SAME ? FRAME_SAME_FAR : FRAME_ONE_FAR;
	}
	sink_number(to, 1, kind);
	sink_number(to, 2, distance);
}

static void frame_types(const struct weave_body *body, uint32_t kind, struct source *from,
			struct sink *to)
{
	if ((kind >= FRAME_ONE && kind < 128) || kind == FRAME_ONE_FAR)
		types_copy(body, 1, from, to);
	else if (kind >= FRAME_APPEND && kind < FRAME_FULL)
		types_copy(body, kind - FRAME_SAME_FAR, from, to);
	for (int part = 0; kind == FRAME_FULL && part < 2; part++) { /* variables, stack */
		uint32_t count = source_number(from, 2);

		sink_number(to, 2, count);
		types_copy(body, count, from, to);
	}
}

/* The frame of the added handler: `this` in its variable, and the exception on the stack. */
static void left_frame(const struct weave_body *body, uint32_t distance, struct sink *to)
{
	const struct weave *weave = body->weave;
	const uint32_t types[] = {weave->self, weave->constants + WEAVE_CONSTANT_THROWABLE};

	sink_number(to, 1, FRAME_FULL);
	sink_number(to, 2, distance);
	for (size_t i = 0; i < 2; i++) { /* variables, stack */
		sink_number(to, 2, 1);
		sink_number(to, 1, TYPE_OBJECT);
		sink_number(to, 2, types[i]);
	}
}

bool weave_frames(const struct weave_body *body, struct source *from, struct sink *to)
{
	uint32_t count = source_number(from, 2);
	uint32_t was = 0, is = 0;

	sink_number(to, 2, count + (body->left_bytes > 0));
	for (uint32_t i = 0; i < count; i++) {
		uint32_t kind = source_number(from, 1);

		if (from->failed || (kind >= 128 && kind < FRAME_ONE_FAR))
			return false;
		was += frame_distance(kind, from) + (i > 0);
		uint32_t moved = weave_body_moved(body, was);

		if (moved > 65535 || (i > 0 && moved <= is))
			return false;
		frame_begin(kind, i > 0 ? moved - is - 1 : moved, to);
		frame_types(body, kind, from, to);
		is = moved;
	}
	if (body->left_bytes)
		left_frame(body, weave_body_left(body) - (count > 0 ? is + 1 : 0), to);
	return !from->failed && !to->failed;
}
