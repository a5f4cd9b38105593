/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_source.c - see policy_source.h.
 */
#include "policy/policy_source.h"

#include <stdlib.h>
#include <string.h>

#include "file/regular.h"
#include "model/words.h"
#include "signature/signature.h"

#define MARK "unflushed: ignore["
#define BLANKS " \t"

/* The frame that the finding blames: its own, or its producer's if that has only one site. */
static const struct frame *blamed_frame(const struct process *process,
					const struct finding *finding)
{
	const struct producer *producer =
		finding->producer == UNKNOWN ? NULL : &process->producers[finding->producer];
	const struct call_site *site = finding->site;

	if (!site && producer && producer->site_count == 1)
		site = &producer->sites[0];
	return site ? words_place_frame(site) : NULL;
}

/* The begin of line `number` (from 1); NULL: the text has fewer lines. */
static const char *line_begin(const char *text, int number)
{
	while (text && number-- > 1) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return text;
}

/* Whether the id, or its family, is one of the words in the brackets. */
static bool is_named(const char *words, size_t length, const char *id)
{
	const char *family = signature_family(id), *end = words + length;

	while (words < end) {
		words += strspn(words, BLANKS ",");
		size_t word = strcspn(words, BLANKS ",]");

		if ((word == strlen(id) && !strncmp(words, id, word)) ||
		    (word == strlen(family) && !strncmp(words, family, word)))
			return true;
		if (word == 0)
			break;
		words += word;
	}
	return false;
}

/* The length of the reason without what ends a comment in C, HTML or Lua. */
static size_t reason_length(const char *reason)
{
	static const char *const ends[] = {"*/", "-->", "--]]"};
	size_t length = strcspn(reason, "\r\n");

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		const char *at = strstr(reason, ends[i]);

		if (at && (size_t)(at - reason) < length)
			length = (size_t)(at - reason);
	}
	while (length && strchr(BLANKS, reason[length - 1]))
		length--;
	return length;
}

static enum source_answer line_asks(struct run *run, const char *text, const char *file,
				    int number, const char *id, const char **words)
{
	const char *line = number > 0 ? line_begin(text, number) : NULL;
	const char *mark = line ? strstr(line, MARK) : NULL;

	if (!mark || mark >= line + strcspn(line, "\n"))
		return SOURCE_SAYS_NOTHING;
	mark += strlen(MARK);
	size_t length = strcspn(mark, "]\n");

	if (mark[length] != ']' || !is_named(mark, length, id))
		return SOURCE_SAYS_NOTHING;
	const char *reason = mark + length + 1;

	reason += strspn(reason, BLANKS);
	*words = model_format(run, "%s:%d", file, number);
	if (reason_length(reason) == 0)
		return SOURCE_LACKS_REASON;
	*words = model_format(run, "%s (%s)", model_text(run, reason, reason_length(reason)),
			      *words);
	return SOURCE_KNOWS;
}

enum source_answer policy_source(struct run *run, const struct process *process,
				 const struct finding *finding, const char *root,
				 const char **words)
{
	const struct frame *frame = blamed_frame(process, finding);
	const char *why;
	size_t bytes;

	if (!frame || !frame->file || frame->line <= 0)
		return SOURCE_SAYS_NOTHING;
	const char *path = root && frame->file[0] != '/'
				   ? model_format(run, "%s/%s", root, frame->file)
				   : frame->file;
	char *text = regular_is_trusted(path)
			     ? regular_all(path, SOURCE_BYTES_MOST, &bytes, &why)
			     : NULL;

	if (!text)
		return SOURCE_SAYS_NOTHING;
	enum source_answer answer =
		line_asks(run, text, frame->file, frame->line, finding->id, words);

	if (answer == SOURCE_SAYS_NOTHING)
		answer = line_asks(run, text, frame->file, frame->line - 1, finding->id, words);
	free(text);
	return answer;
}
