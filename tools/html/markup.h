/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markup.h - writes HTML. The one place where a text becomes markup's content.
 */
#ifndef UNFLUSHED_HTML_MARKUP_H
#define UNFLUSHED_HTML_MARKUP_H

#include <stdio.h>

#include "html/assets.h"
#include "model/model.h"

struct markup {
	struct run *run;
	FILE *out;
};

/*
 * `form` is markup of ours. In it %s is a text of others: it stands as that very text, in an
 * element or in an attribute with quotes, whatever characters it has; what people could not
 * see, or would see in another order, is escaped (printable.h). One of more than
 * MARKUP_TEXT_BYTES is cut, and says so. NULL is "?". There is no other conversion.
 */
#define MARKUP_TEXT_BYTES 4000
void markup_put(const struct markup *to, const char *form, ...)
	__attribute__((format(printf, 2, 3)));

/* What is built in, as it is: a whole style or script. */
void markup_asset(const struct markup *to, const struct html_asset *asset);

/* A cell with a number: `words` as they are shown, and the number by which rows are sorted;
 * UNKNOWN is behind all others. */
void markup_number(const struct markup *to, int64_t number, const char *words);

/* A part of a bar that is `most` long, from `from` on; nothing of what is not known. */
void markup_bar_begin(const struct markup *to);
void markup_bar_part(const struct markup *to, const char *kind, int64_t from, int64_t length,
		     int64_t most);
void markup_bar_end(const struct markup *to);
/* A bar of one part. */
void markup_bar(const struct markup *to, int64_t length, int64_t most);

#endif
