/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_text_answer.c - the three lines that a tired person reads.
 *
 * What happened to how many messages; where they were produced; what to
 * change; and, where that is not the program's doing, why. Everything below them is detail.
 */
#include <string.h>

#include "judge/judge.h"
#include "model/number.h"
#include "render/render_text.h"
#include "model/words.h"

#define LABEL 9

/* All that a number of lost messages is to be held against. */
struct offered {
	int64_t messages, bytes;
	bool running;
};

/* What was produced, and what was refused: that may be lost, too. */
static struct offered offered_of(const struct run *run)
{
	struct offered offered = {run->tally.messages[PRODUCED], run->tally.bytes[PRODUCED],
				  false};

	for (size_t i = 0; i < run->process_count; i++) {
		const struct process *process = &run->processes[i];

		offered.running |= process->how == ENDED_RUNNING;
		for (size_t j = 0; j < process->producer_count; j++) {
			const struct tally *tally = &process->producers[j].tally;
			int64_t refused = judge_not_retried(&process->producers[j]);

			if (refused == 0)
				continue;
			offered.messages = number_sum(
				offered.messages,
				refused == UNKNOWN ? tally->messages[REJECTED] : refused);
			offered.bytes =
				number_sum(offered.bytes, refused == tally->messages[REJECTED]
								  ? tally->bytes[REJECTED]
								  : 0);
		}
	}
	return offered;
}

/* The worst finding of a producer; NULL: it has none. */
static const struct finding *worst_of(const struct process *process,
				      const struct producer *producer)
{
	for (size_t i = 0; i < process->finding_count; i++)
		if (process->findings[i].producer == producer - process->producers)
			return &process->findings[i];
	return NULL;
}

/* The worst finding of the run, of the line that lost most if that is known: what lines
 * two and three are about. */
static const struct finding *worst(const struct run *run, const struct process **where)
{
	const struct finding *found =
		run->where.site ? worst_of(run->where.process, run->where.producer) : NULL;

	if (found && found->verdict == run->verdict) {
		*where = run->where.process;
		return found;
	}
	found = NULL;
	for (size_t i = 0; i < run->process_count; i++) {
		const struct process *process = &run->processes[i];

		if (!process->finding_count || process->verdict != run->verdict)
			continue;
		if (!found || process->findings[0].verdict > found->verdict) {
			found = &process->findings[0];
			*where = process;
		}
	}
	return found;
}

/* "all 1,000 messages" */
static const char *all_of(struct run *run, int64_t messages)
{
	return messages == 1
		       ? "the only message"
		       : model_format(run, "all %s", words_count(run, messages, "message"));
}

/* "950 of 1,000 messages (92.8 KiB of 97.7 KiB)" */
static const char *how_many(struct run *run, const struct offered *offered, int64_t messages,
			    int64_t bytes)
{
	const char *all = words_count(run, offered->messages, "message");
	const char *part = words_number(run, messages);

	if (messages == offered->messages && bytes == offered->bytes)
		return model_format(run, "%s (%s)", all_of(run, messages),
				    words_size(run, bytes));
	if (bytes == UNKNOWN)
		return model_format(run, "%s of %s", part, all);
	return model_format(run, "%s of %s (%s of %s)", part, all, words_size(run, bytes),
			    words_size(run, offered->bytes));
}

/* What may have arrived has a number of its own. */
static const char *lost_words(struct run *run, const struct offered *offered)
{
	const struct losses *losses = &run->losses;
	const char *certain;

	if (losses->possible == 0)
		return model_format(
			run, "%s never arrived",
			how_many(run, offered, losses->certain, losses->certain_bytes));
	certain = how_many(run, offered, losses->certain, UNKNOWN);
	if (losses->possible == UNKNOWN)
		return model_format(run,
				    "%s never arrived; how many more may be lost is not known",
				    certain);
	return model_format(run, "%s never arrived; %s more may be lost", certain,
			    words_number(run, losses->possible));
}

static const char *at_risk_words(struct run *run, const struct offered *offered)
{
	return model_format(
		run, offered->running ? "%s still under way" : "%s may be lost",
		how_many(run, offered, run->losses.possible, run->losses.possible_bytes));
}

static int64_t arrived(const struct run *run)
{
	return run->tally.messages[DELIVERED] + run->tally.messages[UNCONFIRMED];
}

static const char *also(struct run *run, int64_t messages, const char *what)
{
	return messages ? model_format(run, "; %s %s", words_number(run, messages), what) : "";
}

/* A client was there to be given messages. */
static bool has_producer(const struct run *run)
{
	for (size_t i = 0; i < run->process_count; i++)
		if (run->processes[i].producer_count)
			return true;
	return false;
}

static const char *clean_words(struct run *run)
{
	const int64_t *messages = run->tally.messages;
	const char *ends =
		messages[UNCONFIRMED] ? "delivered or sent with acks=0" : "delivered";
	const char *verb = messages[PRODUCED] == 1 ? "was" : "were";

	if (messages[PRODUCED] == 0)
		return has_producer(run)
			       ? "no message was produced, so the client holds none (a "
				 "layer above it may)"
			       : "no message was produced, so none is missing";
	if (run->verdict == VERDICT_CLEAN && arrived(run) == messages[PRODUCED])
		return model_format(run, "%s (%s) %s %s", all_of(run, messages[PRODUCED]),
				    words_size(run, run->tally.bytes[PRODUCED]), verb, ends);
	return model_format(run, "%s of %s %s %s%s%s", words_number(run, arrived(run)),
			    words_count(run, messages[PRODUCED], "message"), verb, ends,
			    also(run, messages[FAILED], "failed"),
			    also(run, messages[PURGED], "purged"));
}

static const char *first_sentence(struct run *run, const char *text)
{
	const char *end = strstr(text, ". ");

	return end ? model_format(run, "%.*s", (int)(end - text), text) : text;
}

/* "all 1,000 messages arrived", or "990 messages arrived" */
static const char *arrived_words(struct run *run)
{
	int64_t messages = arrived(run);

	return model_format(run, "%s arrived",
			    messages == run->tally.messages[PRODUCED]
				    ? all_of(run, messages)
				    : words_count(run, messages, "message"));
}

/* --prove has caught it: they may have arrived, which is not said. */
static const char *unanswered_words(struct run *run, const struct offered *offered)
{
	int64_t unanswered = 0;

	for (size_t i = 0; i < run->process_count; i++)
		for (size_t j = 0; j < run->processes[i].producer_count; j++)
			unanswered = number_sum(
				unanswered, judge_unanswered(&run->processes[i].producers[j]));
	if (unanswered <= 0)
		return NULL;
	return model_format(
		run, "%s %s unanswered when the program ended, and it did not wait",
		unanswered == offered->messages
			? all_of(run, unanswered)
			: model_format(run, "%s of %s", words_number(run, unanswered),
				       words_count(run, offered->messages, "message")),
		unanswered == 1 ? "was" : "were");
}

const char *text_headline(struct run *run)
{
	const struct process *process = NULL;
	const struct finding *finding = worst(run, &process);
	const struct offered offered = offered_of(run);

	if (run->verdict == VERDICT_CLEAN)
		return clean_words(run);
	if (run->verdict == VERDICT_FAILED)
		return model_format(run, "%s; the program was told", clean_words(run));
	if (run->verdict == VERDICT_UNPROVEN)
		return model_format(run, "%s, but that the program waited is not shown",
				    arrived_words(run));
	if (run->verdict == VERDICT_RACY && unanswered_words(run, &offered))
		return unanswered_words(run, &offered);
	if (run->verdict == VERDICT_RACY)
		return model_format(run, "%s %s", arrived_words(run),
				    offered.running
					    ? "so far; the program is still running"
					    : "this time, but nothing waited for the last");
	if (run->verdict == VERDICT_LOST && run->losses.certain > 0)
		return lost_words(run, &offered);
	if (run->verdict != VERDICT_BLIND && run->losses.possible > 0)
		return at_risk_words(run, &offered);
	return finding ? first_sentence(run, finding->text)
		       : "nothing could be judged: there is no trace that can be read";
}

/* Of a line that several others call, the one that called where most were lost. */
static const char *most_called_from(struct run *run, const struct where *where)
{
	const struct frame *caller = words_caller_frame(where->producer, where->site);
	int64_t there = where->site->lost_least;

	if (!caller)
		return "";
	return model_format(run, "%s called from %s",
			    there == where->messages ? ","
						     : model_format(run, "; %s of them",
								    words_number(run, there)),
			    words_frame(run, caller));
}

/* "send_orders at orders.py:12, 10 of the 10" */
static const char *line_words(struct run *run, const struct where *where)
{
	return model_format(
		run, "%s, %s%s of the %s%s", words_frame(run, words_place_frame(where->site)),
		where->exact ? "" : "at least ", words_number(run, where->messages),
		words_number(run, run->losses.certain), most_called_from(run, where));
}

/* Several lines produced, and which of them lost what never arrived is not known. */
static const char *lines_words(struct run *run, const struct finding *finding,
			       const struct producer *producer)
{
	const char *words = NULL;
	int64_t lines = 0;

	for (size_t i = 0; i < producer->site_count; i++) {
		const struct call_site *site = &producer->sites[i];

		if (site->unsent_most == 0 || !words_place_frame(site))
			continue;
		if (lines++ == 0)
			words = words_site(run, producer, site);
		else if (lines == 2)
			words = model_format(run, "%s or %s", words,
					     words_site(run, producer, site));
	}
	if (lines < 2)
		return words;
	return model_format(run, "%s%s: which of them lost the %s is not known", words,
			    lines > 2 ? model_format(run, " or %s",
						     words_count(run, lines - 2, "other line"))
				      : "",
			    words_number(run, finding->blamed_of));
}

static bool is_open_whose(const struct finding *finding, const struct producer *producer)
{
	return producer && producer->site_count > 1 && finding->blamed_of > 0 &&
	       finding->blamed == 0;
}

static const char *where_words(struct run *run, const struct finding *finding,
			       const struct process *process)
{
	const struct producer *producer =
		finding->producer != UNKNOWN ? &process->producers[finding->producer] : NULL;
	const char *place = producer && finding->site && words_place_frame(finding->site)
				    ? words_site(run, producer, finding->site)
				    : NULL;

	if (is_open_whose(finding, producer) && lines_words(run, finding, producer))
		return lines_words(run, finding, producer);
	if (!place && producer)
		place = words_place(run, producer);
	if (place)
		return place;
	if (finding->socket != UNKNOWN) {
		const struct socket *socket = &process->sockets[finding->socket];
		const char *peer = socket->broker ? socket->broker : socket->peer;

		return model_format(
			run, "the connection to %s, pid %s", peer ? peer : "?",
			process->pid == UNKNOWN
				? "?"
				: model_format(run, "%lld", (long long)process->pid));
	}
	return process->exe ? process->exe : "a program whose name is not known";
}

const char *text_why(struct run *run)
{
	const struct process *process = NULL;
	const struct finding *finding = worst(run, &process);

	return finding && finding->is_cause && run->verdict != VERDICT_CLEAN
		       ? first_sentence(run, finding->text)
		       : NULL;
}

void text_answer(const struct page *page, struct run *run)
{
	const struct process *process = NULL;
	const struct finding *finding = worst(run, &process);

	page_verdict(page, run->verdict, LABEL);
	page_wrap_on(page, LABEL, LABEL, text_headline(run));
	if (!finding || (run->verdict == VERDICT_CLEAN && finding->verdict == VERDICT_CLEAN)) {
		if (run->verdict == VERDICT_CLEAN && run->tally.messages[PRODUCED] > 0)
			page_wrap(page, "", LABEL, "and the program waited for them");
		return;
	}
	if (text_why(run) && strcmp(text_why(run), text_headline(run)) != 0)
		page_wrap(page, "  why", LABEL, text_why(run));
	page_wrap(page, "  where", LABEL,
		  run->where.site && run->verdict == VERDICT_LOST
			  ? line_words(run, &run->where)
			  : where_words(run, finding, process));
	page_wrap(page, "  change", LABEL, finding->change);
}
