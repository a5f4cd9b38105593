/* SPDX-License-Identifier: Apache-2.0 */
/*
 * example.c - see example.h.
 */
#include "explain/example.h"

#include <string.h>

#include "memory/memory.h"

const struct example *example_find(const char *family, const char *client, bool right)
{
	for (size_t i = 0; i < example_count; i++)
		if (examples[i].right == right && !strcmp(examples[i].family, family) &&
		    !strcmp(examples[i].client, client))
			return &examples[i];
	return NULL;
}

/* The length of the line at `from`, without its '\n'. */
static size_t line_length(const unsigned char *from, size_t bytes)
{
	const unsigned char *end = memchr(from, '\n', bytes);

	return end ? (size_t)(end - from) : bytes;
}

char *example_shown(const unsigned char *text, size_t bytes)
{
	char *shown = memory_take(2 * bytes + 2), *to = shown;
	bool inside = false;

	for (size_t at = 0, length; at < bytes; at += length + 1) {
		length = line_length(text + at, bytes - at);
		if (memmem(text + at, length, EXAMPLE_MARK, strlen(EXAMPLE_MARK))) {
			inside = !inside;
			if (inside && to > shown)
				*to++ = '\n';
		} else if (inside) {
			memcpy(to, text + at, length);
			to += length;
			*to++ = '\n';
		}
	}
	*to = 0;
	return shown;
}
