/* SPDX-License-Identifier: Apache-2.0 */
/*
 * say.c - see say.h.
 */
#include "cli/say.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/commands.h"

static void line(const char *words, va_list list)
{
	vfprintf(stderr, words, list);
	fputc('\n', stderr);
}

void say(const char *words, ...)
{
	va_list list;

	fputs("unflushed: ", stderr);
	va_start(list, words);
	line(words, list);
	va_end(list);
}

void say_of(const char *command, const char *words, va_list list)
{
	fprintf(stderr, "unflushed %s: ", command);
	line(words, list);
}

void say_plain(const char *words, ...)
{
	va_list list;

	va_start(list, words);
	line(words, list);
	va_end(list);
}

void say_out_of_memory(void)
{
	static const char words[] = "unflushed: out of memory\n";
	ssize_t written = write(STDERR_FILENO, words, sizeof words - 1);

	(void)written;
	_exit(FAILED_OURSELVES);
}
