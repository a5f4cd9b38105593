/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_text_answer.c - the first lines of a report, which must be enough for a quick reader.
 *
 * How many messages of which topic were lost; where they were produced; why; and what to
 * change. Everything below them is detail.
 */
#include <string.h>

#include "judge/judge.h"
#include "model/number.h"
#include "render/render_text.h"
#include "model/words.h"

#define LABEL 9
#define TOPICS_COUNTED 64

/* The total with which lost messages are compared, and the words " to orders" behind it. */
struct offered {
	int64_t messages, bytes;
	bool running;
	const char *to;
};

/* Produced messages, and refused ones, which may be lost, too. */
static struct offered offered_of(const struct run *run, const char *to)
{
	struct offered offered = {run->tally.messages[PRODUCED], run->tally.bytes[PRODUCED],
				  false, to};

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

/* "all 1,000 messages to orders" */
static const char *all_of(struct run *run, int64_t messages, const char *to)
{
	return messages == 1 ? model_format(run, "the only message%s", to)
			     : model_format(run, "all %s%s",
					    words_count(run, messages, "message"), to);
}

/* "950 of 1,000 messages to orders (92.8 KiB of 97.7 KiB)" */
static const char *how_many(struct run *run, const struct offered *offered, int64_t messages,
			    int64_t bytes)
{
	const char *all = model_format(
		run, "%s%s", words_count(run, offered->messages, "message"), offered->to);
	const char *part = words_number(run, messages);

	if (messages == offered->messages && bytes == offered->bytes)
		return model_format(run, "%s (%s)", all_of(run, messages, offered->to),
				    words_size(run, bytes));
	if (bytes == UNKNOWN)
		return model_format(run, "%s of %s", part, all);
	return model_format(run, "%s of %s (%s of %s)", part, all, words_size(run, bytes),
			    words_size(run, offered->bytes));
}

/* Messages that may have arrived have a number of their own. */
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

/* Whether there was a client to produce with. */
static bool has_producer(const struct run *run)
{
	for (size_t i = 0; i < run->process_count; i++)
		if (run->processes[i].producer_count)
			return true;
	return false;
}

static const char *clean_words(struct run *run, const char *to)
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
		return model_format(run, "%s (%s) %s %s", all_of(run, messages[PRODUCED], to),
				    words_size(run, run->tally.bytes[PRODUCED]), verb, ends);
	return model_format(run, "%s of %s%s %s %s%s%s", words_number(run, arrived(run)),
			    words_count(run, messages[PRODUCED], "message"), to, verb, ends,
			    also(run, messages[FAILED], "failed"),
			    also(run, messages[PURGED], "purged"));
}

const char *text_first_sentence(struct run *run, const char *text)
{
	const char *end = strstr(text, ". ");

	return end ? model_format(run, "%.*s", (int)(end - text), text) : text;
}

/* "all 1,000 messages arrived", or "990 messages arrived" */
static const char *arrived_words(struct run *run, const char *to)
{
	int64_t messages = arrived(run);

	if (messages == run->tally.messages[PRODUCED])
		return model_format(run, "%s arrived", all_of(run, messages, to));
	return model_format(run, "%s%s arrived", words_count(run, messages, "message"), to);
}

/* Under --prove it did not wait: the messages may have arrived, which the text does not say. */
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
			? all_of(run, unanswered, offered->to)
			: model_format(run, "%s of %s%s", words_number(run, unanswered),
				       words_count(run, offered->messages, "message"),
				       offered->to),
		unanswered == 1 ? "was" : "were");
}

static bool has_open_channel(const struct run *run)
{
	for (size_t i = 0; i < run->process_count; i++)
		for (size_t j = 0; j < run->processes[i].producer_count; j++)
			if (run->processes[i].producers[j].channel_open)
				return true;
	return false;
}

static const char *unproven_words(struct run *run, const char *to)
{
	if (!has_open_channel(run))
		return model_format(run, "%s, but that the program waited is not shown",
				    arrived_words(run, to));
	return model_format(run, "%s, but what lay in ProduceChannel() at the end is not seen",
			    run->tally.messages[PRODUCED] == 0 ? "no message was produced"
							       : arrived_words(run, to));
}

static const char *headline(struct run *run, const char *to)
{
	const struct process *process = NULL;
	const struct finding *finding = text_worst(run, &process);
	const struct offered offered = offered_of(run, to);

	if (run->verdict == VERDICT_CLEAN)
		return clean_words(run, to);
	if (run->verdict == VERDICT_FAILED)
		return model_format(run, "%s; the program was told", clean_words(run, to));
	if (run->verdict == VERDICT_UNPROVEN)
		return unproven_words(run, to);
	if (run->verdict == VERDICT_RACY && unanswered_words(run, &offered))
		return unanswered_words(run, &offered);
	if (run->verdict == VERDICT_RACY)
		return model_format(run, "%s %s", arrived_words(run, to),
				    offered.running
					    ? "so far; the program is still running"
					    : "this time, but nothing waited for the last");
	if (run->verdict == VERDICT_LOST && run->losses.certain > 0)
		return lost_words(run, &offered);
	if (run->verdict != VERDICT_BLIND && run->losses.possible > 0)
		return at_risk_words(run, &offered);
	return finding	       ? text_first_sentence(run, finding->text)
	       : run->left_out ? "nothing could be judged: no process is as was asked for"
			       : "nothing could be judged: there is no trace that can be read";
}

const char *text_headline(struct run *run)
{
	return headline(run, "");
}

const char *text_why(struct run *run)
{
	const struct process *process = NULL;
	const struct finding *finding = text_worst(run, &process);

	return finding && finding->is_cause && run->verdict != VERDICT_CLEAN
		       ? text_first_sentence(run, finding->text)
		       : NULL;
}

static bool is_among(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/* Topics that were produced to, each once; `more`: there are others without a known name. */
struct topics {
	const char *names[TOPICS_COUNTED];
	size_t count;
	bool more;
};

static void topics_add(struct topics *topics, const struct producer *producer)
{
	for (size_t i = 0; i < producer->topic_count; i++) {
		const struct topic *topic = &producer->topics[i];

		if (topic->partition != UNKNOWN || !topic->tally.messages[PRODUCED])
			continue;
		if (!topic->name)
			topics->more = true;
		else if (is_among(topics->names, topics->count, topic->name))
			continue;
		else if (topics->count == TOPICS_COUNTED)
			topics->more = true;
		else
			topics->names[topics->count++] = topic->name;
	}
}

/* " to orders", " to 3 topics"; empty: none is known. */
static const char *topics_words(struct run *run)
{
	struct topics topics = {0};

	for (size_t i = 0; i < run->process_count; i++)
		for (size_t j = 0; j < run->processes[i].producer_count; j++)
			topics_add(&topics, &run->processes[i].producers[j]);
	if (topics.more)
		return topics.count
			       ? model_format(run, " to more than %s",
					      words_count(run, (int64_t)topics.count, "topic"))
			       : "";
	if (topics.count == 1)
		return model_format(run, " to %s", topics.names[0]);
	return topics.count ? model_format(run, " to %s",
					   words_count(run, (int64_t)topics.count, "topic"))
			    : "";
}

static size_t judged_count(const struct run *run)
{
	size_t judged = 0;

	for (size_t i = 0; i < run->process_count; i++)
		judged += run->processes[i].judged;
	return judged;
}

/* "1,000 messages to orders delivered, and the program waited for them" */
static const char *clean_line(struct run *run)
{
	const int64_t *messages = run->tally.messages;
	const char *to = topics_words(run);
	const char *waited = model_format(run, ", and the %s waited for %s",
					  judged_count(run) > 1 ? "programs" : "program",
					  messages[PRODUCED] == 1 ? "it" : "them");

	if (messages[PRODUCED] <= 0)
		return clean_words(run, to);
	if (arrived(run) != messages[PRODUCED])
		return model_format(run, "%s%s", clean_words(run, to), waited);
	return model_format(run, "%s%s %s%s", words_count(run, messages[PRODUCED], "message"),
			    to,
			    messages[UNCONFIRMED] == 0 ? "delivered"
			    : messages[DELIVERED] == 0 ? "sent (acks=0)"
						       : "delivered or sent (acks=0)",
			    waited);
}

const char *text_line(struct run *run)
{
	return run->verdict == VERDICT_CLEAN ? clean_line(run)
					     : headline(run, topics_words(run));
}

const char *text_reason(struct run *run, const struct finding *finding)
{
	const char *why = text_first_sentence(run, finding->text);

	return strcmp(why, text_headline(run)) ? why : NULL;
}

void text_verdict(const struct page *page, struct run *run)
{
	if (run->known)
		page_known(page, LABEL);
	else
		page_verdict(page, run->verdict, LABEL);
	page_wrap_on(page, LABEL, LABEL, text_line(run));
}

void text_answer(const struct page *page, struct run *run)
{
	const struct process *process = NULL;
	const struct finding *finding = text_worst(run, &process);

	text_verdict(page, run);
	if (!finding || (run->verdict == VERDICT_CLEAN && finding->verdict == VERDICT_CLEAN))
		return;
	text_where(page, run, finding, process, true);
	if (text_reason(run, finding))
		page_wrap(page, "  why", LABEL, text_reason(run, finding));
	page_wrap(page, "  change", LABEL, finding->change);
	if (finding->known)
		page_wrap(page, "  known", LABEL, finding->known);
}
