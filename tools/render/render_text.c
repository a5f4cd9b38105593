/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_text.c - the report for people: the answer, then process by process.
 */
#include <string.h>

#include "render/notes.h"
#include "render/render.h"
#include "render/render_text.h"
#include "model/words.h"

/* Clean processes beyond this many are only counted. */
#define PROCESSES_LISTED 20

static void text_findings(const struct page *page, struct run *run,
			  const struct process *process)
{
	for (size_t i = 0; i < process->finding_count; i++) {
		const struct finding *finding = &process->findings[i];

		fputs("  ", page->out);
		if (finding->verdict == VERDICT_CLEAN)
			fprintf(page->out, "%-9s", "note");
		else
			page_verdict(page, finding->verdict, 9);
		page_wrap_on(page, 11, 11, finding->id);
		page_wrap(page, "", 6, finding->text);
		if (finding->verdict != VERDICT_CLEAN || strcmp(finding->id, "events-dropped"))
			page_wrap(page, "", 6, model_format(run, "-> %s", finding->fix));
	}
}

static const char *command_line(struct run *run, const struct process *process)
{
	const char *line = process->exe ? process->exe : "?";

	for (size_t i = 0; i < process->argc; i++)
		line = i ? model_format(run, "%s %s", line, process->argv[i])
			 : process->argv[0];
	return page_width(line) <= 200 ? line : process->exe ? process->exe : process->argv[0];
}

/* What a verdict of --prove rests on, and how far that goes. */
static const char *withheld_words(struct run *run, const struct process *process)
{
	const struct withheld *withheld = &process->withheld;

	if (process->proof_broke)
		return "the relay did not last until the end: nothing is proven";
	if (withheld->patience_ns == UNKNOWN)
		return "nothing could be withheld: none of its connections speaks Kafka where "
		       "that can be read";
	const char *patience = words_time(run, withheld->patience_ns);

	if (withheld->holds == 0)
		return model_format(run,
				    "no answer was withheld (it would have been for %s): none "
				    "came while the program did not wait",
				    patience);
	return model_format(
		run,
		"%s withheld, each for %s at most: %s until the program waited, %s until the "
		"time was over, %s until the connection ended; for %s in all%s. A program that "
		"sleeps longer passes",
		words_count(run, withheld->holds, "answer"), patience,
		words_number(run, withheld->by_wait), words_number(run, withheld->by_time),
		words_number(run, withheld->by_end), words_time(run, withheld->held_ns),
		withheld->shortened ? ", after which each was withheld for 200 ms at most"
				    : "");
}

static void text_process(const struct page *page, struct run *run,
			 const struct process *process)
{
	const char **notes = notes_of(run, process);

	page_heading(page, model_format(run, "process %s",
					process->pid == UNKNOWN
						? "?"
						: model_format(run, "%lld",
							       (long long)process->pid)));
	page_wrap(page, "  command", 12, command_line(run, process));
	page_wrap(page, "  end", 12,
		  process->duration_ns == UNKNOWN
			  ? words_end(run, process)
			  : model_format(run, "%s, after %s", words_end(run, process),
					 words_time(run, process->duration_ns)));
	if (process->proves && process->producer_count)
		page_wrap(page, "  prove", 12, withheld_words(run, process));
	for (size_t i = 0; i < process->producer_count; i++)
		text_producer(page, run, process, &process->producers[i]);
	text_series(page, run, process);
	text_sockets(page, run, process);
	if (process->finding_count)
		page_heading(page, "  findings");
	text_findings(page, run, process);
	for (size_t i = 0; notes[i]; i++)
		page_wrap(page, "  note", 11, notes[i]);
}

/* The worst first; among equals those that began first, as they were read. */
static const struct process **in_order(struct run *run)
{
	const struct process **order = model_alloc(run, run->process_count * sizeof *order + 1);
	size_t count = 0;

	for (int verdict = VERDICT_LOST; verdict >= VERDICT_CLEAN; verdict--)
		for (size_t i = 0; i < run->process_count; i++)
			if (run->processes[i].verdict == (enum verdict)verdict)
				order[count++] = &run->processes[i];
	return order;
}

/* What is not listed, if there is any. */
static void text_count(const struct page *page, struct run *run, size_t count, const char *rest)
{
	if (count)
		page_heading(page,
			     model_format(run, "%s%s",
					  words_count(run, (int64_t)count, "process"), rest));
}

void render_text(struct run *run, const struct render_options *options, FILE *out)
{
	struct page page = {.out = out, .colour = options->colour};
	const struct process **order = in_order(run);
	bool any_kafka = run->without_kafka < run->process_count;
	size_t listed = 0, left_out = 0;

	text_answer(&page, run);
	for (size_t i = 0; i < run->process_count; i++) {
		if (any_kafka && !order[i]->judged)
			continue;
		if (listed++ < PROCESSES_LISTED || order[i]->verdict >= VERDICT_UNPROVEN)
			text_process(&page, run, order[i]);
		else
			left_out++;
	}
	text_count(&page, run, left_out, " more, clean, failed or blind: see --format json");
	if (any_kafka)
		text_count(&page, run, run->without_kafka, " without Kafka");
}
