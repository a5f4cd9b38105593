/* SPDX-License-Identifier: Apache-2.0 */
/*
 * example.c - see example.h.
 */
#include "explain/example.h"

#include <string.h>

#include "memory/memory.h"

const struct example *example_find(const char *family, size_t length, const char *client,
				   bool right)
{
	for (size_t i = 0; i < example_count; i++)
		if (examples[i].right == right && strlen(examples[i].family) == length &&
		    !strncmp(examples[i].family, family, length) &&
		    !strcmp(examples[i].client, client))
			return &examples[i];
	return NULL;
}

struct line {
	const unsigned char *text;
	size_t length; /* without its '\n' */
};

/* Takes the next line at *from; false at the end. */
static bool next_line(const unsigned char **from, const unsigned char *end, struct line *line)
{
	if (*from == end)
		return false;
	const unsigned char *newline = memchr(*from, '\n', (size_t)(end - *from));

	line->text = *from;
	line->length = (size_t)((newline ? newline : end) - *from);
	*from = newline ? newline + 1 : end;
	return true;
}

static bool is_mark(const struct line *line)
{
	return memmem(line->text, line->length, EXAMPLE_MARK, strlen(EXAMPLE_MARK)) != NULL;
}

static size_t margin_of(const struct line *line)
{
	size_t margin = 0;

	while (margin < line->length &&
	       (line->text[margin] == '\t' || line->text[margin] == ' '))
		margin++;
	return margin;
}

/* The smallest indentation of the lines from here to the next mark; empty lines do not
 * count. */
static size_t part_margin(const unsigned char *from, const unsigned char *end)
{
	size_t least = SIZE_MAX;
	struct line line;

	while (next_line(&from, end, &line) && !is_mark(&line))
		if (line.length && margin_of(&line) < least)
			least = margin_of(&line);
	return least;
}

char *example_shown(const unsigned char *text, size_t bytes)
{
	const unsigned char *from = text, *end = text + bytes;
	char *shown = memory_take(2 * bytes + 2), *to = shown;
	bool inside = false;
	size_t margin = 0;

	for (struct line line; next_line(&from, end, &line);) {
		if (is_mark(&line)) {
			inside = !inside;
			margin = part_margin(from, end);
			if (inside && to > shown)
				*to++ = '\n';
		} else if (inside) {
			size_t skipped = line.length < margin ? line.length : margin;

			to = mempcpy(to, line.text + skipped, line.length - skipped);
			*to++ = '\n';
		}
	}
	*to = 0;
	return shown;
}
