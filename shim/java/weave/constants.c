/* SPDX-License-Identifier: Apache-2.0 */
/*
 * constants.c - see constants.h.
 */
#include "java/weave/constants.h"

/* Bytes behind the tag; 0: a text, or unknown. */
static const uint8_t constant_bytes[] = {
	[3] = 4,  [4] = 4,  [5] = 8,  [6] = 8,	[7] = 2,  [8] = 2,  [9] = 4,  [10] = 4,
	[11] = 4, [12] = 4, [15] = 3, [16] = 2, [17] = 4, [18] = 4, [19] = 2, [20] = 2,
};

bool weave_constants_read(const struct weave *weave, struct source *from, uint32_t count)
{
	memset(weave->room->constants, 0, sizeof weave->room->constants);
	for (uint32_t i = 1; i < count && !from->failed; i++) {
		weave->room->constants[i] = (uint32_t)(from->at - weave->bytes);
		uint32_t tag = source_number(from, 1);

		if (tag == CONSTANT_TEXT)
			source_take(from, source_number(from, 2));
		else if (tag < sizeof constant_bytes && constant_bytes[tag])
			source_take(from, constant_bytes[tag]);
		else
			return false;
		if (tag == CONSTANT_LONG || tag == CONSTANT_DOUBLE)
			i++; /* long and double take two numbers */
	}
	return !from->failed;
}

/* weave_constants_read() has checked that the text is inside the file. */
const char *weave_constant_text(const struct weave *weave, uint32_t constant, size_t *bytes)
{
	uint32_t at = constant < 65536 ? weave->room->constants[constant] : 0;

	if (!at || weave->bytes[at] != CONSTANT_TEXT)
		return NULL;
	*bytes = bytes_number(weave->bytes + at + 1, 2);
	return (const char *)weave->bytes + at + 3;
}

bool weave_constant_is(const struct weave *weave, uint32_t constant, const char *text)
{
	size_t bytes = 0;
	const char *found = weave_constant_text(weave, constant, &bytes);

	return found && bytes == strlen(text) && memcmp(found, text, bytes) == 0;
}
