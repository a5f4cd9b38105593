/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_text_funnel.c - how many of a producer's messages reached each stage.
 *
 * Each line says how many reached the stage and how many stopped there. "?"
 * means an unknown number. Failed messages are listed at the end: those that a
 * broker refused were written; of others the client does not report which
 * stage they had reached.
 */
#include "render/render_text.h"
#include "model/words.h"

#define LINE_LABEL 12
#define LINE_GAP 4

static int64_t sum(int64_t a, int64_t b)
{
	return a == UNKNOWN || b == UNKNOWN ? UNKNOWN : a + b;
}

static void stage_add(struct text_stage *stages, size_t *count, const char *name,
		      int64_t messages, int64_t bytes, const char *died)
{
	stages[(*count)++] = (struct text_stage){name, messages, bytes, died};
}

static const char *died(struct run *run, int64_t messages, const char *how)
{
	if (messages == 0)
		return "";
	return model_format(run, "%s %s", words_number(run, messages), how);
}

/* Records in a request of which only a part was written. */
static int64_t half_written(const struct process *process, size_t producer)
{
	int64_t requests = 0;

	for (size_t i = 0; i < process->socket_count; i++)
		if (process->sockets[i].producer == (int64_t)producer &&
		    socket_cut_produce(&process->sockets[i]))
			requests++;
	return requests;
}

static bool was_answered(const struct process *process, int32_t code)
{
	for (size_t i = 0; i < process->peer_count; i++) {
		const struct peer *peer = &process->peers[i];

		for (size_t j = 0; j < peer->answer_count; j++)
			if (peer->answers[j].api == KAFKA_API_PRODUCE &&
			    peer->answers[j].code == code)
				return true;
	}
	return false;
}

/* Failed messages that a broker has answered with the same error: so they were written. */
static int64_t refused_by_broker(const struct process *process, const struct producer *producer)
{
	int64_t refused = 0;

	for (size_t i = 0; i < producer->error_count; i++) {
		const struct error *error = &producer->errors[i];

		if (!error->rejected && error->code > 0 && was_answered(process, error->code))
			refused = sum(refused, error->messages);
	}
	return refused < producer->tally.messages[FAILED] ? refused
							  : producer->tally.messages[FAILED];
}

static const char *failed_words(struct run *run, int64_t failed, int64_t refused)
{
	if (refused == 0)
		return "at a stage that is not known";
	return refused == failed
		       ? "written, and refused by the broker"
		       : model_format(run,
				      "%s written, and refused by the broker; the others at a "
				      "stage that is not known",
				      words_number(run, refused));
}

/* Only for unanswered messages: answered ones had left the kernel. */
static bool is_kernel_unseen(const struct producer *producer)
{
	const int64_t *messages = producer->tally.messages;

	return producer->kernel_open ||
	       (producer->kernel_unseen &&
		(messages[UNCONFIRMED] != 0 || messages[IN_FLIGHT] != 0));
}

/* How much has left the kernel is known in bytes, not in messages: so only if it is all. */
static bool has_left_kernel(const struct producer *producer)
{
	return producer->kernel_bytes == 0 && !is_kernel_unseen(producer);
}

/* Messages that were written whole; of the failed ones only those that a broker has refused. */
static int64_t written_of(const struct producer *producer, int64_t refused)
{
	const int64_t *messages = producer->tally.messages;

	if (producer->written_unseen)
		return UNKNOWN;
	return sum(sum(messages[DELIVERED] + messages[UNCONFIRMED], refused),
		   messages[IN_FLIGHT]);
}

/* Adds the ends of messages that were not delivered. */
static void ends_add(struct run *run, const struct producer *producer, int64_t refused,
		     struct text_stage *stages, size_t *count)
{
	const int64_t *messages = producer->tally.messages, *bytes = producer->tally.bytes;

	if (messages[UNCONFIRMED])
		stage_add(stages, count, "unconfirmed", messages[UNCONFIRMED],
			  bytes[UNCONFIRMED], "acks=0: nobody confirms");
	if (messages[FAILED])
		stage_add(stages, count, "failed", messages[FAILED], bytes[FAILED],
			  failed_words(run, messages[FAILED], refused));
	if (messages[OUTSTANDING])
		stage_add(stages, count, "outstanding", messages[OUTSTANDING],
			  bytes[OUTSTANDING], "none of these ends");
}

size_t text_stages(struct run *run, const struct process *process,
		   const struct producer *producer, struct text_stage stages[TEXT_STAGES])
{
	size_t count = 0;
	const int64_t *messages = producer->tally.messages, *bytes = producer->tally.bytes;
	int64_t settled_bytes = bytes[DELIVERED] + bytes[UNCONFIRMED];
	int64_t refused = refused_by_broker(process, producer);

	if (refused > 0)
		settled_bytes = sum(settled_bytes,
				    refused == messages[FAILED] ? bytes[FAILED] : UNKNOWN);
	int64_t written = written_of(producer, refused);
	int64_t written_bytes =
		producer->written_unseen ? UNKNOWN : sum(settled_bytes, bytes[IN_FLIGHT]);
	int64_t cut = half_written(process, (size_t)(producer - process->producers));
	bool acked = has_left_kernel(producer);

	stage_add(stages, &count, "produced", messages[PRODUCED], bytes[PRODUCED],
		  died(run, messages[REJECTED], "more were refused (rejected)"));
	stage_add(stages, &count, "queued", messages[PRODUCED], bytes[PRODUCED],
		  messages[PURGED]
			  ? model_format(
				    run, "%s purged%s%s", words_number(run, messages[PURGED]),
				    messages[UNSENT] ? ", " : "",
				    messages[UNSENT]
					    ? model_format(run, "%s never sent",
							   words_number(run, messages[UNSENT]))
					    : "")
			  : died(run, messages[UNSENT], "never sent"));
	stage_add(stages, &count, "requested", cut ? UNKNOWN : written,
		  cut ? UNKNOWN : written_bytes,
		  died(run, cut, cut == 1 ? "request was cut off" : "requests were cut off"));
	stage_add(stages, &count, "written", written, written_bytes, "");
	stage_add(stages, &count, "tcp-acked", acked ? written : UNKNOWN,
		  acked ? written_bytes : UNKNOWN,
		  producer->kernel_bytes == 0
			  ? ""
			  : model_format(run, "%s left in the kernel",
					 words_size(run, producer->kernel_bytes)));
	stage_add(stages, &count, "delivered", messages[DELIVERED], bytes[DELIVERED],
		  died(run, messages[IN_FLIGHT], "in flight, unanswered"));
	ends_add(run, producer, refused, stages, &count);
	return count;
}

void text_funnel(const struct page *page, struct run *run, const struct process *process,
		 const struct producer *producer)
{
	struct text_stage stages[TEXT_STAGES];
	size_t count = text_stages(run, process, producer, stages);

	fprintf(page->out, "    %-11s%15s%18s  %s\n", "stage", "messages", "bytes",
		"what died there");
	for (size_t i = 0; i < count; i++)
		page_wrap(page,
			  model_format(run, "    %-11s%15s%18s%s", stages[i].name,
				       words_number(run, stages[i].messages),
				       words_number(run, stages[i].bytes),
				       *stages[i].died ? "  " : ""),
			  *stages[i].died ? 50 : 0, stages[i].died);
}

/* ---- the same in a line ---- */

/* The stages that messages reached, without stages that as many reached as the one before. The
 * numbers of queued and requested always equal those of produced or written. */
static const char *stages_words(struct run *run, const struct process *process,
				const struct producer *producer)
{
	const int64_t *messages = producer->tally.messages;
	int64_t refused = refused_by_broker(process, producer);
	int64_t written = written_of(producer, refused);
	const char *words =
		model_format(run, "%s produced", words_number(run, messages[PRODUCED]));
	bool only_sent = messages[UNCONFIRMED] != 0 && messages[DELIVERED] == 0;
	int64_t last = only_sent ? messages[UNCONFIRMED] : messages[DELIVERED];
	int64_t before = messages[PRODUCED];

	/* Which stage failed messages had reached is not known, unless a broker refused them.
	 */
	if (written != before && messages[FAILED] == refused) {
		words = model_format(run, "%s > %s written", words, words_number(run, written));
		before = written;
	}
	if (last == before && before != messages[PRODUCED])
		return words;
	return model_format(run, "%s > %s %s", words, words_number(run, last),
			    only_sent ? "sent with acks=0" : "delivered");
}

static const char *with(struct run *run, const char *words, int64_t count, const char *what)
{
	if (count == 0)
		return words;
	return model_format(run, "%s%s%s %s", words, *words ? ", " : "",
			    words_number(run, count), what);
}

/* The stages at which the others stopped; empty: there are none. */
static const char *stopped_words(struct run *run, const struct process *process,
				 const struct producer *producer)
{
	const int64_t *messages = producer->tally.messages;
	int64_t cut = half_written(process, (size_t)(producer - process->producers));
	const char *words = with(run, "", messages[UNSENT],
				 cut ? "stopped in the queue, or in a request that was cut off"
				     : "stopped in the queue");

	if (producer->kernel_bytes > 0)
		words = model_format(run, "%s%s%s left in the kernel", words,
				     *words ? ", " : "",
				     words_size(run, producer->kernel_bytes));
	words = with(run, words, messages[IN_FLIGHT], "unanswered");
	if (messages[DELIVERED] != 0)
		words = with(run, words, messages[UNCONFIRMED], "sent with acks=0");
	words = with(run, words, messages[FAILED], "failed");
	words = with(run, words, messages[PURGED], "purged");
	return with(run, words, messages[REJECTED], "more rejected");
}

void text_funnel_line(const struct page *page, struct run *run, const struct process *process,
		      const struct producer *producer)
{
	const char *stages = stages_words(run, process, producer);
	const char *stopped = stopped_words(run, process, producer);
	int column = LINE_LABEL + page_width(page, stages) + LINE_GAP;

	fprintf(page->out, "%-*s", LINE_LABEL, "  messages");
	if (!*stopped || column + page_width(page, stopped) > page->columns) {
		page_wrap_on(page, LINE_LABEL, LINE_LABEL, stages);
		if (*stopped)
			page_wrap(page, "", LINE_LABEL, stopped);
		return;
	}
	fprintf(page->out, "%s%*s", stages, LINE_GAP, "");
	page_wrap_on(page, column, column, stopped);
}
