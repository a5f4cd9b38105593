/* SPDX-License-Identifier: Apache-2.0 */
/*
 * say.c - see say.h.
 *
 * Messages contain names of files and arguments, which may have any bytes:
 * secrets are hidden here and the rest is escaped, also a newline.
 */
#include "say/say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/whole_file.h"
#include "format/scrub.h"
#include "memory/memory.h"
#include "read/printable.h"
#include "say/progress.h"

/* A message may repeat what the user wrote, as a wrong option with its value or a URL. */
static char *without_secrets(const char *text)
{
	size_t bytes = strlen(text), room = bytes * 3 + 3;
	char *kept = memory_take(room + 1);

	kept[scrub_text(text, bytes, kept, room)] = '\0';
	return kept;
}

static void line(const char *before, const char *words, va_list list)
{
	char *text, *kept, *shown;

	if (vasprintf(&text, words, list) < 0)
		say_out_of_memory();
	kept = without_secrets(text);
	shown = printable_text(kept);
	progress_hide();
	fprintf(stderr, "%s%s\n", before, shown);
	free(kept);
	free(shown);
	free(text);
}

void say(const char *words, ...)
{
	va_list list;

	va_start(list, words);
	line("unflushed: ", words, list);
	va_end(list);
}

void say_of(const char *command, const char *words, va_list list)
{
	char before[64];

	snprintf(before, sizeof before, "unflushed %s: ", command);
	line(before, words, list);
}

void say_plain(const char *words, ...)
{
	va_list list;

	va_start(list, words);
	line("", words, list);
	va_end(list);
}

void say_out_of_memory(void)
{
	static const char words[] = "unflushed: out of memory\n";
	ssize_t written = write(STDERR_FILENO, words, sizeof words - 1);

	(void)written;
	whole_file_drop_all();
	_exit(SAY_FAILED_OURSELVES);
}
