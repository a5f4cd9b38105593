/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terminal.c - see terminal.h.
 */
#include "render/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "render/page.h"

/* 0: it is no terminal, or its width is not known. */
static int width_of(FILE *out)
{
	struct winsize size = {0};

	return isatty(fileno(out)) && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 ? size.ws_col
										 : 0;
}

/* 0: it is not set, or not to a number above 0. */
static int width_wanted(void)
{
	const char *columns = getenv("COLUMNS");
	char *end = NULL;
	long number = columns ? strtol(columns, &end, 10) : 0;

	if (!columns || end == columns || *end || number <= 0)
		return 0;
	return number < TERMINAL_WIDEST ? (int)number : TERMINAL_WIDEST;
}

int terminal_columns(FILE *out)
{
	int width = width_wanted();

	if (!width)
		width = width_of(out);
	if (!width)
		return PAGE_COLUMNS;
	return width < TERMINAL_NARROWEST ? TERMINAL_NARROWEST
	       : width > TERMINAL_WIDEST  ? TERMINAL_WIDEST
					  : width;
}

static bool is_dumb(void)
{
	const char *term = getenv("TERM");

	return term && !strcmp(term, "dumb");
}

bool terminal_colour(FILE *out)
{
	const char *no_colour = getenv("NO_COLOR");

	return !(no_colour && *no_colour) && !is_dumb() && isatty(fileno(out));
}

void terminal_line_start(FILE *out)
{
	int width = width_of(out);

	if (width > 0 && !is_dumb())
		fprintf(out, "%*s\r", width, "");
}
