/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_text.c - the report for people: the answer, then process by process.
 */
#include <string.h>

#include "render/notes.h"
#include "render/render.h"
#include "render/render_text.h"
#include "model/words.h"

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
		page_wrap_on(page, 11, 11,
			     model_format(run, "%s, signature %s", finding->id,
					  finding->signature->digits));
		page_wrap(page, "", 6, finding->text);
		if (finding->known)
			page_wrap(page, "", 6, model_format(run, "known: %s", finding->known));
		if (finding->verdict != VERDICT_CLEAN || strcmp(finding->id, "events-dropped"))
			page_wrap(page, "", 6, model_format(run, "-> %s", finding->fix));
	}
}

static void text_process(const struct page *page, struct run *run,
			 const struct process *process)
{
	const char **notes = notes_of(run, process);

	page_heading(page, model_format(run, "process %s", words_pid(run, process)));
	page_wrap(page, "  command", 12, text_command(page, run, process));
	page_wrap(page, "  began", 12, words_date(run, process->start_realtime_ns));
	page_wrap(page, "  end", 12,
		  process->duration_ns == UNKNOWN
			  ? words_end(run, process)
			  : model_format(run, "%s, after %s", words_end(run, process),
					 words_time(run, process->duration_ns)));
	if (process->proves && process->producer_count)
		page_wrap(page, "  prove", 12, text_withheld(run, process));
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

/* Processes that do not count, because others used Kafka. */
static void text_without_kafka(const struct page *page, struct run *run)
{
	if (run->without_kafka && run->without_kafka < run->process_count)
		page_wrap(
			page, "", 2,
			model_format(run, "%s without Kafka",
				     words_count(run, (int64_t)run->without_kafka, "process")));
}

/* All that is known, process by process. */
static void text_everything(const struct page *page, struct run *run)
{
	const struct process **order = in_order(run);
	bool any_kafka = run->without_kafka < run->process_count;

	for (size_t i = 0; i < run->process_count; i++)
		if (!any_kafka || order[i]->judged)
			text_process(page, run, order[i]);
	if (any_kafka && run->without_kafka)
		page_heading(page, model_format(run, "%s without Kafka",
						words_count(run, (int64_t)run->without_kafka,
							    "process")));
}

static size_t judged_count(const struct run *run)
{
	size_t judged = 0;

	for (size_t i = 0; i < run->process_count; i++)
		judged += run->processes[i].judged;
	return judged;
}

/* The one process that the report is about; NULL: there is none. */
static const struct process *the_process(const struct run *run)
{
	for (size_t i = 0; i < run->process_count; i++)
		if (run->processes[i].judged)
			return &run->processes[i];
	return run->process_count ? &run->processes[0] : NULL;
}

/* Prints the remarks of a clean process below its line, if there are any. */
static void text_remarks(const struct page *page, struct run *run,
			 const struct process *process)
{
	const char *ids = NULL;

	for (size_t i = 0; i < process->finding_count; i++)
		ids = ids ? model_format(run, "%s, %s", ids, process->findings[i].id)
			  : process->findings[i].id;
	if (process->proves && process->producer_count)
		page_wrap(page, "  prove", 9, text_withheld(run, process));
	if (process->unserved)
		page_wrap(page, "  broker", 9, process->unserved);
	if (ids)
		page_wrap(page, "  notes", 9, model_format(run, "%s: see --verbose", ids));
}

static void text_one(const struct page *page, struct run *run)
{
	const struct process *process = the_process(run);

	if (process && run->verdict == VERDICT_CLEAN) {
		text_remarks(page, run, process);
	} else if (process) {
		fputc('\n', page->out);
		text_brief(page, run, process);
		text_without_kafka(page, run);
	}
}

void render_text(struct run *run, const struct render_options *options, FILE *out)
{
	const struct page page = page_make(options, out);
	bool many = judged_count(run) > 1;

	if (many)
		text_many(&page, run, options->verbose);
	else
		text_answer(&page, run);
	if (!many && !options->verbose)
		text_one(&page, run);
	if (run->by)
		text_by(&page, run);
	if (options->verbose)
		text_everything(&page, run);
}
