/* SPDX-License-Identifier: Apache-2.0 */
/*
 * github.c - workflow commands, which GitHub shows as annotations beside the source.
 *
 * GitHub shows ten of a level for each step and drops the rest, so the worst
 * nine findings have one each and a tenth says how many more there are. Texts
 * are escaped as GitHub's runner expects, so that a name cannot end a command
 * or begin another.
 */
#include "formats/problems.h"
#include "formats/program.h"
#include "formats/spot.h"
#include "model/words.h"
#include "render/render.h"
#include "render/render_text.h"

#include <stdio.h>
#include <string.h>

#define SHOWN 9

static const char *level_of(enum verdict verdict)
{
	static const char *const levels[] = {
		[VERDICT_LOST] = "error",	[VERDICT_AT_RISK] = "error",
		[VERDICT_RACY] = "warning",	[VERDICT_BLIND] = "warning",
		[VERDICT_UNPROVEN] = "warning", [VERDICT_FAILED] = "notice",
		[VERDICT_CLEAN] = "notice",
	};

	return levels[verdict];
}

static void put(const char *words, const char *escaped, FILE *out)
{
	for (; *words; words++)
		if (strchr(escaped, *words))
			fprintf(out, "%%%02X", (unsigned char)*words);
		else
			fputc(*words, out);
}

static void message_put(const char *words, FILE *out)
{
	put(words, "%\r\n", out);
}

static void property_put(const char *name, const char *words, bool first, FILE *out)
{
	fprintf(out, "%s%s=", first ? " " : ",", name);
	put(words, "%\r\n:,", out);
}

/* Begins with a newline: a command must be at the beginning of a line, and the program's
 * output may not have ended with one. */
static void command_put(const char *level, const struct spot *spot, const char *title,
			const char *message, FILE *out)
{
	char line[16];

	fprintf(out, "\n::%s", level);
	if (spot->below) {
		snprintf(line, sizeof line, "%d", spot->line);
		property_put("file", spot->file, true, out);
		property_put("line", line, false, out);
	}
	property_put("title", title, !spot->below, out);
	fputs("::", out);
	message_put(message, out);
	fputc('\n', out);
}

static void problem_put(struct run *run, const struct render_options *options,
			const struct group *group, FILE *out)
{
	const struct finding *finding = group->finding;
	struct spot spot = spot_of(run, options, group->process, finding);

	command_put(finding->known ? "notice" : level_of(group->verdict), &spot,
		    model_format(run, "%s%s: %s in %s", finding->known ? "known: " : "",
				 verdict_name(group->verdict), finding->id,
				 group->process->program),
		    model_format(run, "%s (%s)\nwhere: %s\nchange: %s\nsignature: %s",
				 spot_sentence(run, finding), problem_extent(run, group),
				 spot.words, finding->change, group->signature->digits),
		    out);
}

void render_github(struct run *run, const struct render_options *options, FILE *out)
{
	static const struct spot nowhere;

	for (size_t i = 0; i < run->group_count && i < SHOWN; i++)
		problem_put(run, options, &run->groups[i], out);
	if (run->group_count > SHOWN)
		command_put(level_of(run->groups[SHOWN].verdict), &nowhere,
			    model_format(run, "%zu more", run->group_count - SHOWN),
			    model_format(run,
					 "%zu more problems are in the other reports of "
					 "this run",
					 run->group_count - SHOWN),
			    out);
	/* Something that no finding says, as a trace that could not be read. */
	if (run->verdict != VERDICT_CLEAN &&
	    (!run->group_count || run->verdict > run->groups[0].verdict))
		command_put(level_of(run->verdict), &nowhere, verdict_name(run->verdict),
			    run->process_count
				    ? "a trace could not be read, so that not all was judged"
				    : text_headline(run),
			    out);
}
