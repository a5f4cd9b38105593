/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markdown.c - a page of GitHub's Markdown: a job's summary, or a comment.
 *
 * It stays below GitHub's limit for a step's summary (1 MiB): rows beyond that
 * are only counted. Names are escaped, so that they cannot be markup, a link, a
 * mention or a new column.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "formats/problems.h"
#include "formats/program.h"
#include "formats/spot.h"
#include "model/words.h"
#include "render/render.h"
#include "render/render_text.h"

#define MOST_BYTES 900000

/* In Markdown a backslash escapes any punctuation. */
static const char *plain(struct run *run, const char *words)
{
	char *text = model_alloc(run, 2 * strlen(words) + 1), *to = text;

	for (; *words; words++) {
		if (ispunct((unsigned char)*words) && !strchr(",;%?", *words))
			*to++ = '\\';
		*to++ = *words == '\n' || *words == '\r' ? ' ' : *words;
	}
	return text;
}

static const char *number(struct run *run, int64_t messages)
{
	return messages == UNKNOWN ? "\\?" : words_number(run, messages);
}

static const char *row_of(struct run *run, const struct render_options *options,
			  const struct group *group)
{
	const struct finding *finding = group->finding;
	struct spot spot = spot_of(run, options, group->process, finding);

	return model_format(run, "| %s | %s | %s | %s | %s | %s | %zu | %s | %s |\n",
			    plain(run, verdict_name(group->verdict)), plain(run, finding->id),
			    plain(run, group->process->program), plain(run, spot.words),
			    number(run, group->losses.certain),
			    number(run, group->losses.possible), group->process_count,
			    plain(run, finding->change), group->signature->digits);
}

static void table_put(struct run *run, const struct render_options *options, FILE *out)
{
	size_t left = MOST_BYTES, shown = 0;

	fputs("\n| verdict | finding | program | where | lost | may be lost | processes | "
	      "change "
	      "| signature |\n| --- | --- | --- | --- | ---: | ---: | ---: | --- | --- |\n",
	      out);
	for (; shown < run->group_count; shown++) {
		const char *row = row_of(run, options, &run->groups[shown]);
		size_t bytes = strlen(row);

		if (bytes > left)
			break;
		fputs(row, out);
		left -= bytes;
	}
	if (shown < run->group_count)
		fprintf(out, "\n%zu more have no room here.\n", run->group_count - shown);
}

void render_markdown(struct run *run, const struct render_options *options, FILE *out)
{
	fprintf(out, "### unflushed: %s\n\n%s\n", plain(run, verdict_name(run->verdict)),
		plain(run, text_headline(run)));
	if (run->group_count)
		table_put(run, options, out);
	fputc('\n', out);
}
