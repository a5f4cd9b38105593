/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_text_detail.c - producers, topics and sockets, below the funnel.
 */
#include <stdlib.h>
#include <string.h>

#include "model/configuration.h"
#include "render/render_text.h"
#include "model/peer_words.h"
#include "model/words.h"

/* At most this many of a kind are listed. */
#define LISTED 12

static const char *flush_words(struct run *run, const struct producer *producer)
{
	if (producer->flush_calls == 0)
		return "never called";
	return model_format(run, "%s, %s timed out, %s%s%s inside",
			    words_count(run, producer->flush_calls, "call"),
			    words_number(run, producer->flush_timeouts),
			    producer->flush_left ? words_number(run, producer->flush_left) : "",
			    producer->flush_left ? " left by a callback, " : "",
			    words_time(run, producer->flush_waited_ns));
}

static const char *waited_words(struct run *run, const struct producer *producer)
{
	static const char *const by[] = {
		[WAITED_NOT] = NULL,
		[WAITED_FLUSH] = "flush",
		[WAITED_OUTQ_LEN] = "outq_len",
		[WAITED_PURGE] = "purge",
		[WAITED_ABORT] = "abort",
		[WAITED_COMMIT] = "commit",
		[WAITED_CLOSE] = "close",
		[WAITED_GET] = "get",
	};
	const struct waits *waits = &producer->waits;
	const char *how = waits->by <= WAITED_ABORT ? by[waits->by] : NULL;

	if (producer->waited == WAITED_UNPROVEN)
		return producer->channel_open ? "not shown: see channel-unseen"
					      : "not shown: see waits-unproven";
	if (producer->tally.messages[PRODUCED] == 0)
		return "there was nothing to wait for";
	if (producer->proof.outlasted)
		return model_format(run,
				    "yes, as --prove shows: its last answer was withheld for "
				    "%s, and it went on until it came",
				    words_time(run, producer->proof.withheld_ns));
	if (producer->waited == WAITED_NO)
		return "no, nothing made the program wait for its last message";
	if (waits->waited_for < producer->tally.messages[PRODUCED])
		how = "its delivery reports";
	return model_format(run, "yes, by %s%s", how ? how : "its client",
			    waits->bound_ms >= 0
				    ? model_format(run,
						   ", which would have given up "
						   "after %s",
						   words_time(run, waits->bound_ms * 1000000))
				    : "");
}

/* One of each kind, up to LISTED sites and topics with a line for those left out; errors. */
#define FACTS (16 + 2 * (LISTED + 1))
struct facts {
	struct run *run;
	struct text_fact *items; /* zeroed beyond the last */
	size_t count;
};

static void fact_add(struct facts *facts, const char *label, const char *words)
{
	facts->items[facts->count++] = (struct text_fact){label, words};
}

static void producer_errors(struct facts *facts, const struct producer *producer)
{
	struct run *run = facts->run;

	for (size_t i = 0; i < producer->error_count; i++) {
		const struct error *error = &producer->errors[i];

		fact_add(facts, "error",
			 model_format(run, "%s %s: %s (%d)", words_number(run, error->messages),
				      error->rejected ? "rejected" : "failed",
				      error->name ? error->name : "?", error->code));
	}
}

/* "1,000 produced, 7 outstanding": with how many stopped at each stage, if known. */
static const char *site_numbers(struct run *run, const struct call_site *site)
{
	const char *text = words_number(run, site->produced);

	if (site->outstanding > 0)
		text = model_format(run, "%s, %s outstanding", text,
				    words_number(run, site->outstanding));
	if (site->unsent_least > 0 && site->unsent_least == site->unsent_most &&
	    site->unsent_least < site->outstanding)
		text = model_format(run, "%s (%s of them never written)", text,
				    words_number(run, site->unsent_least));
	if (site->failed > 0)
		text = model_format(run, "%s, %s failed", text,
				    words_number(run, site->failed));
	if (site->rejected > 0)
		text = model_format(run, "%s, %s rejected", text,
				    words_number(run, site->rejected));
	return text;
}

static void producer_sites(struct facts *facts, const struct producer *producer)
{
	struct run *run = facts->run;
	size_t left_out = 0;

	if (producer->site_count > LISTED)
		left_out = producer->site_count - LISTED;
	for (size_t i = 0; i < producer->site_count && i < LISTED; i++)
		fact_add(facts, i ? "" : "produced at",
			 model_format(run, "%s: %s", site_numbers(run, &producer->sites[i]),
				      words_site(run, producer, &producer->sites[i])));
	if (left_out)
		fact_add(facts, "",
			 model_format(run, "... %s that lost less: see --format json",
				      words_count(run, (int64_t)left_out, "more site")));
}

static void producer_made(struct facts *facts, const struct producer *producer)
{
	const struct frame *place = producer->made ? words_place_frame(producer->made) : NULL;

	if (place)
		fact_add(facts, "made at", words_frame(facts->run, place));
}

/* Times by batch, which include small messages. */
static void producer_spans(struct facts *facts, const struct producer *producer)
{
	const struct spans *queued = &producer->queue_spans,
			   *writing = &producer->writing_spans;

	if (queued->count)
		fact_add(facts, "queued",
			 model_format(facts->run,
				      "%s, each until its request's first byte: %s on "
				      "average, longest %s",
				      words_count(facts->run, queued->count, "batch"),
				      words_time(facts->run, queued->mean_ns),
				      words_time(facts->run, queued->max_ns)));
	if (writing->count)
		fact_add(facts, "writing",
			 model_format(facts->run,
				      "%s, each to its last byte: %s on average, longest %s",
				      words_count(facts->run, writing->count, "request"),
				      words_time(facts->run, writing->mean_ns),
				      words_time(facts->run, writing->max_ns)));
}

static bool is_empty(const struct tally *tally)
{
	for (int i = 0; i < AMOUNT_COUNT; i++)
		if (tally->messages[i])
			return false;
	return true;
}

static void producer_topics(struct facts *facts, const struct producer *producer)
{
	struct run *run = facts->run;
	size_t listed = 0;

	for (size_t i = 0; i < producer->topic_count; i++) {
		const struct topic *topic = &producer->topics[i];

		if (topic->partition != UNKNOWN || is_empty(&topic->tally))
			continue;
		if (listed++ == LISTED) {
			fact_add(facts, "", "... more topics: see --format json");
			return;
		}
		fact_add(facts, listed == 1 ? "topics" : "",
			 model_format(run, "%s: %s produced, %s delivered, %s outstanding",
				      topic->name ? topic->name : "(others)",
				      words_number(run, topic->tally.messages[PRODUCED]),
				      words_number(run, topic->tally.messages[DELIVERED]),
				      words_number(run, topic->tally.messages[OUTSTANDING])));
	}
}

/* For librdkafka, whose thread does other work, too, only the processor time is known; the Java
 * client encodes inside send(). */
static const char *encoding_words(struct run *run, const struct stages *stages)
{
	if (stages->build_cpu_ns == UNKNOWN)
		return "";
	if (stages->build_ns == UNKNOWN)
		return model_format(run, ", %s of the processor to encode",
				    words_time(run, stages->build_cpu_ns));
	return model_format(run, ", encoded in %s (%s of the processor)",
			    words_time(run, stages->build_ns),
			    words_time(run, stages->build_cpu_ns));
}

static const char *sending_words(struct run *run, const struct stages *stages)
{
	if (stages->send_ns == UNKNOWN)
		return "";
	return model_format(run, ", %s inside send() (%s of the processor)",
			    words_time(run, stages->send_ns),
			    words_time(run, stages->send_cpu_ns));
}

static const char *first_byte_words(struct run *run, const struct stages *stages)
{
	if (stages->offered <= 0)
		return "send() to the first byte not known";
	return model_format(run, "send() to the first byte %s, at most %s",
			    words_time(run, stages->before_ns),
			    words_time(run, stages->before_max_ns));
}

/* A stage that no message has reached has no time. */
static const char *more_words(struct run *run, const char *stage, int64_t messages,
			      int64_t took_ns)
{
	if (messages <= 0)
		return "";
	return model_format(run, "; to the %s %s more", stage, words_time(run, took_ns));
}

/* The sums of its large messages, stage by stage. */
static void producer_stages(struct facts *facts, const struct producer *producer)
{
	struct run *run = facts->run;
	const struct stages *stages = &producer->stages;

	if (stages->messages <= 0)
		return;
	fact_add(facts, "large",
		 model_format(run, "%s, %s%s%s", words_count(run, stages->messages, "message"),
			      words_size(run, stages->bytes), sending_words(run, stages),
			      encoding_words(run, stages)));
	if (stages->offered <= 0 && stages->written <= 0 && stages->answered <= 0)
		return;
	fact_add(facts, "",
		 model_format(
			 run, "%s%s%s", first_byte_words(run, stages),
			 more_words(run, "last byte", stages->written, stages->writing_ns),
			 more_words(run, "answer", stages->answered, stages->answering_ns)));
}

static void producer_latency(struct facts *facts, const struct producer *producer)
{
	struct run *run = facts->run;

	if (producer->latency_max_ns != UNKNOWN)
		fact_add(facts, "latency",
			 model_format(run, "p50 %s, p99 %s, longest %s",
				      words_time(run, producer->latency_p50_ns),
				      words_time(run, producer->latency_p99_ns),
				      words_time(run, producer->latency_max_ns)));
	producer_spans(facts, producer);
	if (producer->answer_max_ns != UNKNOWN)
		fact_add(facts, "answers",
			 model_format(run,
				      "p50 %s, p99 %s, longest %s after the last byte of a "
				      "request",
				      words_time(run, producer->answer_p50_ns),
				      words_time(run, producer->answer_p99_ns),
				      words_time(run, producer->answer_max_ns)));
}

const struct text_fact *text_producer_facts(struct run *run, const struct process *process,
					    const struct producer *producer)
{
	struct facts facts = {.run = run};

	facts.items = model_alloc(run, (FACTS + producer->error_count) * sizeof *facts.items);
	fact_add(&facts, "configured", configuration_words(run, process, producer));
	fact_add(&facts, "flush", flush_words(run, producer));
	fact_add(&facts, "waited", waited_words(run, producer));
	if (producer->reports_unserved > 0)
		fact_add(&facts, "reports",
			 model_format(run, "%s never taken by the program",
				      words_count(run, producer->reports_unserved,
						  "delivery report")));
	if (producer->blocked_ns > 0)
		fact_add(&facts, "blocked",
			 model_format(run, "%s inside produce, waiting for room in the queue",
				      words_time(run, producer->blocked_ns)));
	producer_latency(&facts, producer);
	producer_stages(&facts, producer);
	producer_made(&facts, producer);
	producer_sites(&facts, producer);
	producer_topics(&facts, producer);
	producer_errors(&facts, producer);
	return facts.items;
}

void text_producer(const struct page *page, struct run *run, const struct process *process,
		   const struct producer *producer)
{
	page_wrap(
		page, "  producer", 12,
		model_format(run, "%s%s%s%s", words_producer(run, process, producer),
			     producer->flags & PRODUCER_TRANSACTIONAL ? ", transactional" : "",
			     producer->version ? ", librdkafka " : "",
			     producer->version ? producer->version : ""));
	text_funnel(page, run, process, producer);
	for (const struct text_fact *fact = text_producer_facts(run, process, producer);
	     fact->words; fact++)
		page_wrap(page,
			  model_format(run, "%s%s", *fact->label ? "    " : "", fact->label),
			  16, fact->words);
}

static const char *percent(struct run *run, int64_t thousandths)
{
	return thousandths == UNKNOWN
		       ? "?"
		       : model_format(run, "%lld%%", (long long)thousandths / 10);
}

static const char *stalled_words(struct run *run, const struct socket *socket)
{
	const char *lowat = "";

	if (socket->stalled_lowat_ns > 0)
		lowat = model_format(run, "TCP_NOTSENT_LOWAT %s, ",
				     words_time(run, socket->stalled_lowat_ns));
	return model_format(run,
			    "stalled for %s of its life: by the send buffer %s, the receiver "
			    "%s, the network %s, %snot known %s%s",
			    words_share(run, socket->stalled_share),
			    words_time(run, socket->stalled_send_buffer_ns),
			    words_time(run, socket->stalled_receiver_ns),
			    words_time(run, socket->stalled_network_ns), lowat,
			    words_time(run, socket->stalled_unexplained_ns),
			    socket->stalled_at_end ? "; still stalled at the end" : "");
}

static const char *with(struct run *run, const char *words, const char *more)
{
	return words ? model_format(run, "%s, %s", words, more) : more;
}

/* The settings that change what sending does, as the kernel has them; NULL: none is set. */
static const char *settings_words(struct run *run, const struct socket *socket)
{
	const char *words = NULL;

	if (socket->buffer_forced)
		words = with(run, words, "SO_SNDBUFFORCE");
	if (socket->flags & SOCKET_CORKED)
		words = with(run, words, "TCP_CORK (small writes wait up to 200 ms)");
	if (socket->notsent_lowat != UNKNOWN)
		words = with(run, words,
			     model_format(run, "TCP_NOTSENT_LOWAT %s (no more is taken unsent)",
					  words_size(run, socket->notsent_lowat)));
	if (socket->send_timeout_ns != UNKNOWN)
		words = with(run, words,
			     model_format(run, "SO_SNDTIMEO %s (a send gives up then)",
					  words_time(run, socket->send_timeout_ns)));
	if (socket->user_timeout_ns != UNKNOWN)
		words = with(run, words,
			     model_format(run, "TCP_USER_TIMEOUT %s (the connection does)",
					  words_time(run, socket->user_timeout_ns)));
	if (socket->linger_seconds != UNKNOWN)
		words = with(run, words,
			     model_format(run, "SO_LINGER %lld s (close waits so long)",
					  (long long)socket->linger_seconds));
	return words;
}

/* Fewer may be single bytes of a program, or the record headers of kernel TLS. */
#define UNSEEN_WORTH_SAYING 4096

static void text_unseen(const struct page *page, struct run *run, const struct process *process,
			const struct socket *socket)
{
	const char *ways = "a system call of the program's own, a call that is not followed "
			   "(splice, stdio, pwritev2), or TLS in the kernel";

	if (socket->unseen_bytes < UNSEEN_WORTH_SAYING)
		return;
	if (process->notes & NOTE_IO_URING)
		ways = "io_uring, or a system call of the program's own";
	page_wrap(page, "", 8,
		  model_format(run,
			       "beside these TCP took %s that no call was seen to send: by %s",
			       words_count(run, socket->unseen_bytes, "byte"), ways));
}

const char *text_socket_peer(const struct socket *socket)
{
	return socket->broker ? socket->broker : socket->peer ? socket->peer : "?";
}

static void text_socket(const struct page *page, struct run *run, const struct process *process,
			const struct socket *socket)
{
	const char *peer = text_socket_peer(socket);

	page_wrap(page, "    to", 8,
		  model_format(run, "%s%s%s: %s accepted of %s offered in %s%s", peer,
			       socket->flags & SOCKET_TLS ? " (TLS)" : "",
			       socket->flags & SOCKET_REDIRECTED ? " (redirected)" : "",
			       words_number(run, socket->accepted_bytes),
			       words_count(run, socket->offered_bytes, "byte"),
			       words_count(run, socket->writes, "write"),
			       socket->connect_error
				       ? model_format(run, "; connect failed: %s",
						      strerror((int)socket->connect_error))
				       : ""));
	page_wrap(page, "", 8,
		  model_format(run,
			       "send buffer %s%s, fill p50 %s, max %s; %s, %s in all, "
			       "longest %s; EAGAIN %s, short writes %s",
			       words_size(run, socket->buffer_effective),
			       socket->flags & SOCKET_BUFFER_FIXED ? " (fixed)" : "",
			       percent(run, socket->fill.p50), percent(run, socket->fill.max),
			       words_count(run, socket->stalls, "stall"),
			       words_time(run, socket->stalled_ns),
			       words_time(run, socket->stall_longest_ns),
			       words_number(run, socket->eagain),
			       words_number(run, socket->short_writes)));
	text_unseen(page, run, process, socket);
	if (settings_words(run, socket))
		page_wrap(page, "", 8,
			  model_format(run, "set: %s", settings_words(run, socket)));
	if (socket->stalls > 0)
		page_wrap(page, "", 8, stalled_words(run, socket));
	if (socket->end != END_NONE)
		page_wrap(page, "", 8,
			  model_format(run, "at its end: %s unsent, %s unread bytes",
				       words_number(run, socket->unsent_bytes),
				       words_number(run, socket->unread_bytes)));
}

/* Peers that were not reached, of which there is no connection. */
static void text_peers(const struct page *page, struct run *run, const struct process *process)
{
	for (size_t i = 0; i < process->peer_count; i++) {
		const struct peer *peer = &process->peers[i];
		const char *ends = words_peer_ends(run, peer);
		int64_t made = peer->ends[PEER_CONNECTED];

		if (ends)
			page_wrap(page, "  tried", 12,
				  model_format(run, "%s: %s%s", words_peer(run, peer), ends,
					       made ? model_format(run, ", %s made",
								   words_number(run, made))
						    : ""));
	}
}

bool text_is_unmade(const struct process *process, const struct socket *socket)
{
	return process->peer_count > 0 && socket->connect_error && socket->writes == 0;
}

static void sockets_count(const struct page *page, struct run *run,
			  const struct process *process)
{
	int64_t unmade = 0, made;

	for (size_t i = 0; i < process->socket_count; i++)
		unmade += text_is_unmade(process, &process->sockets[i]);
	made = (int64_t)process->socket_count - unmade;
	page_wrap(page, "  sockets", 12,
		  unmade ? model_format(run, "%s, and %s that could not be made",
					words_count(run, made, "connection"),
					words_number(run, unmade))
			 : words_count(run, made, "connection"));
}

void text_sockets(const struct page *page, struct run *run, const struct process *process)
{
	size_t count = process->socket_count;

	size_t listed = 0;

	text_peers(page, run, process);
	if (count == 0)
		return;
	sockets_count(page, run, process);
	for (size_t i = 0; i < count; i++)
		if (!text_is_unmade(process, &process->sockets[i]) && listed++ < LISTED)
			text_socket(page, run, process, &process->sockets[i]);
	if (listed > LISTED)
		page_wrap(page, "", 8, "... more connections: see --format json");
}
