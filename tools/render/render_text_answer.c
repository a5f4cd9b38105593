/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_text_answer.c - the three lines that a tired person reads.
 *
 * What happened to how many messages; where they were produced; what to
 * change. Everything below them is detail.
 */
#include <string.h>

#include "judge/judge.h"
#include "render/render_text.h"
#include "model/words.h"

#define LABEL 9

/* What the verdict is about, over all producers. */
struct damage {
	int64_t messages;
	int64_t bytes;	 /* UNKNOWN when they cannot be told */
	int64_t refused; /* of the messages: never accepted, so not produced either */
	int64_t refused_bytes;
	bool running;
};

static void damage_add(struct damage *damage, int64_t messages, int64_t bytes)
{
	damage->messages += messages;
	damage->bytes =
		damage->bytes == UNKNOWN || bytes == UNKNOWN ? UNKNOWN : damage->bytes + bytes;
}

/* Of the messages that failed or were purged: those of which this verdict speaks. */
static int64_t ends_at(const struct bad_ends *ends, enum verdict verdict)
{
	return verdict == VERDICT_LOST	    ? ends->failed.nobody + ends->purged.nobody
	       : verdict == VERDICT_AT_RISK ? ends->failed.binding + ends->purged.binding
					    : 0;
}

static void damage_of_producer(const struct process *process, const struct producer *producer,
			       enum verdict verdict, struct damage *damage)
{
	const struct tally *tally = &producer->tally;
	const struct bad_ends ends = judge_bad_ends(producer);
	int64_t gone = ends_at(&ends, verdict);
	int64_t refused = judge_not_retried(producer);

	if (judge_outstanding(process, producer) == verdict)
		damage_add(damage, tally->messages[OUTSTANDING], tally->bytes[OUTSTANDING]);
	if (gone > 0)
		damage_add(damage, gone,
			   gone == tally->messages[FAILED] + tally->messages[PURGED]
				   ? tally->bytes[FAILED] + tally->bytes[PURGED]
				   : UNKNOWN);
	if (verdict == VERDICT_AT_RISK && refused > 0) {
		bool all = refused == tally->messages[REJECTED];

		damage_add(damage, refused, all ? tally->bytes[REJECTED] : UNKNOWN);
		damage->refused += refused;
		damage->refused_bytes += all ? tally->bytes[REJECTED] : 0;
	}
	if (judge_unconfirmed(producer) == verdict && verdict != VERDICT_CLEAN)
		damage_add(damage, tally->messages[UNCONFIRMED], UNKNOWN);
}

static struct damage damage_of(const struct run *run)
{
	struct damage damage = {0};

	for (size_t i = 0; i < run->process_count; i++) {
		const struct process *process = &run->processes[i];

		damage.running |= process->how == ENDED_RUNNING;
		for (size_t j = 0; j < process->producer_count; j++)
			damage_of_producer(process, &process->producers[j], run->verdict,
					   &damage);
	}
	return damage;
}

/* The worst finding of the run: what lines two and three are about. */
static const struct finding *worst(const struct run *run, const struct process **where)
{
	const struct finding *found = NULL;

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

/* "950 of 1,000 messages (92.8 KiB of 97.7 KiB)" */
static const char *how_many(struct run *run, const struct damage *damage)
{
	int64_t messages = run->tally.messages[PRODUCED] + damage->refused;
	int64_t bytes = run->tally.bytes[PRODUCED] + damage->refused_bytes;
	const char *all = words_count(run, messages, "message");
	const char *part = words_number(run, damage->messages);

	if (damage->messages == messages && damage->bytes == bytes)
		return model_format(run, "all %s (%s)", all, words_size(run, bytes));
	if (damage->bytes == UNKNOWN)
		return model_format(run, "%s of %s", part, all);
	return model_format(run, "%s of %s (%s of %s)", part, all,
			    words_size(run, damage->bytes), words_size(run, bytes));
}

static int64_t arrived(const struct run *run)
{
	return run->tally.messages[DELIVERED] + run->tally.messages[UNCONFIRMED];
}

static const char *also(struct run *run, int64_t messages, const char *what)
{
	return messages ? model_format(run, "; %s %s", words_number(run, messages), what) : "";
}

static const char *clean_words(struct run *run)
{
	const int64_t *messages = run->tally.messages;
	const char *ends =
		messages[UNCONFIRMED] ? "were delivered or sent with acks=0" : "were delivered";

	if (messages[PRODUCED] == 0)
		return "no message was produced, so none is missing";
	if (run->verdict == VERDICT_CLEAN && arrived(run) == messages[PRODUCED])
		return model_format(run, "all %s (%s) %s",
				    words_count(run, messages[PRODUCED], "message"),
				    words_size(run, run->tally.bytes[PRODUCED]), ends);
	return model_format(run, "%s of %s %s%s%s", words_number(run, arrived(run)),
			    words_count(run, messages[PRODUCED], "message"), ends,
			    also(run, messages[FAILED], "failed"),
			    also(run, messages[PURGED], "purged"));
}

static const char *first_sentence(struct run *run, const char *text)
{
	const char *end = strstr(text, ". ");

	return end ? model_format(run, "%.*s", (int)(end - text), text) : text;
}

static const char *first_line(struct run *run, const struct finding *finding)
{
	struct damage damage = damage_of(run);

	if (run->verdict == VERDICT_CLEAN)
		return clean_words(run);
	if (run->verdict == VERDICT_FAILED)
		return model_format(run, "%s; the program was told", clean_words(run));
	if (run->verdict == VERDICT_UNPROVEN)
		return model_format(run,
				    "%s%s arrived, but that the program waited is not shown",
				    arrived(run) == run->tally.messages[PRODUCED] ? "all " : "",
				    words_count(run, arrived(run), "message"));
	if (run->verdict == VERDICT_RACY)
		return model_format(run, "%s%s arrived %s",
				    arrived(run) == run->tally.messages[PRODUCED] ? "all " : "",
				    words_count(run, arrived(run), "message"),
				    damage.running
					    ? "so far; the program is still running"
					    : "this time, but nothing waited for the last");
	if (run->verdict == VERDICT_BLIND || damage.messages == 0)
		return finding ? first_sentence(run, finding->text)
			       : "nothing could be judged: no trace was found";
	if (run->verdict == VERDICT_LOST)
		return model_format(run, "%s never arrived", how_many(run, &damage));
	return model_format(run, damage.running ? "%s still under way" : "%s may be lost",
			    how_many(run, &damage));
}

static const char *where_words(struct run *run, const struct finding *finding,
			       const struct process *process)
{
	const struct frame *frame = finding->site ? words_place_frame(finding->site) : NULL;
	const char *place = frame ? words_frame(run, frame) : NULL;

	if (!place && finding->producer != UNKNOWN)
		place = words_place(run, &process->producers[finding->producer]);
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

void text_answer(const struct page *page, struct run *run)
{
	const struct process *process = NULL;
	const struct finding *finding = worst(run, &process);

	page_verdict(page, run->verdict, LABEL);
	page_wrap_on(page, LABEL, LABEL, first_line(run, finding));
	if (!finding || (run->verdict == VERDICT_CLEAN && finding->verdict == VERDICT_CLEAN)) {
		if (run->verdict == VERDICT_CLEAN && run->tally.messages[PRODUCED] > 0)
			page_wrap(page, "", LABEL, "and the program waited for them");
		return;
	}
	page_wrap(page, "  where", LABEL, where_words(run, finding, process));
	page_wrap(page, "  change", LABEL, finding->change);
}
