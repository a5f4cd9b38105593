/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_rows.c - writes rows until their part of the page has its maximal size.
 */
#include "html/html.h"

#include <stdlib.h>

#include "memory/memory.h"

void html_rows_begin(struct html_rows *rows, const struct html *html, size_t most)
{
	*rows = (struct html_rows){.to.run = html->to.run, .most = most};
	rows->to.out = open_memstream(&rows->text, &rows->bytes);
	if (!rows->to.out)
		memory_out();
}

bool html_rows_keep(struct html_rows *rows)
{
	if (fflush(rows->to.out) != 0)
		memory_out();
	if (rows->bytes > rows->most)
		return false;
	rows->kept = rows->bytes;
	return true;
}

void html_rows_end(struct html_rows *rows, const struct html *html)
{
	if (fclose(rows->to.out) != 0)
		memory_out();
	fwrite(rows->text, 1, rows->kept, html->to.out);
	free(rows->text);
}
