/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_text_brief.c - one process below the first lines, without --verbose.
 *
 * Its command, when it ran and how it ended; its client and the settings that explain the
 * outcome; how far its messages came; its connections, one by one only if something was
 * unusual; the other findings.
 */
#include <string.h>

#include "model/configuration.h"
#include "model/number.h"
#include "model/peer_words.h"
#include "model/words.h"
#include "render/render_text.h"

#define LABEL 12
/* A longer command line is not shown. */
#define LINE_COLUMNS 200
/* At most this many are listed; the others are counted. */
#define PRODUCERS_LISTED 3
#define NETWORK_LISTED 5
#define FINDINGS_LISTED 6

static void more(const struct page *page, struct run *run, size_t count, const char *thing)
{
	if (count)
		page_wrap(page, "", LABEL,
			  model_format(run, "... %s: see --verbose",
				       words_count(run, (int64_t)count, thing)));
}

/* ---- who, when, how it ended ---- */

const char *text_command(const struct page *page, struct run *run,
			 const struct process *process)
{
	const char *line = process->exe ? process->exe : "?";

	for (size_t i = 0; i < process->argc; i++)
		line = i ? model_format(run, "%s %s", line, process->argv[i])
			 : process->argv[0];
	return page_width(page, line) <= LINE_COLUMNS ? line
	       : process->exe			      ? process->exe
						      : process->argv[0];
}

const char *text_withheld(struct run *run, const struct process *process)
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

static void brief_process(const struct page *page, struct run *run,
			  const struct process *process)
{
	const char *words =
		model_format(run, "%s, %s", words_pid(run, process), words_end(run, process));

	if (process->duration_ns != UNKNOWN)
		words = model_format(run, "%s after %s", words,
				     words_time(run, process->duration_ns));
	page_wrap(page, "  command", LABEL, text_command(page, run, process));
	page_wrap(page, "  process", LABEL, words);
	page_wrap(page, "  began", LABEL, words_date(run, process->start_realtime_ns));
}

/* ---- its clients ---- */

static const char *version_among(const struct runtime_client *clients, size_t count,
				 const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (clients[i].name && clients[i].version && !strcmp(clients[i].name, name))
			return clients[i].version;
	return NULL;
}

/* NULL: it is not known. */
static const char *client_version(const struct process *process,
				  const struct producer *producer, const char *name)
{
	if (producer->version)
		return producer->version;
	if (producer->client == CLIENT_KAFKA_CLIENTS)
		return version_among(process->jvm_clients, process->jvm_client_count, name);
	return version_among(process->python_clients, process->python_client_count, name);
}

static void brief_producer(const struct page *page, struct run *run,
			   const struct process *process, const struct producer *producer)
{
	const char *name = words_client(producer->client);
	const char *version = name ? client_version(process, producer, name) : NULL;

	if (producer->client == CLIENT_WIRE) {
		page_wrap(page, "  client", LABEL, "not known: only its connections were seen");
		return;
	}
	page_wrap(page, "  client", LABEL,
		  model_format(run, "%s%s%s%s%s: %s",
			       process->producer_count > 1
				       ? words_producer(run, process, producer)
				       : "",
			       process->producer_count > 1 ? ", " : "", name ? name : "?",
			       version ? " " : "", version ? version : "",
			       configuration_words(run, process, producer)));
	text_funnel_line(page, run, process, producer);
}

/* The worst producer first; equal ones in the order in which they were made. */
static void brief_producers(const struct page *page, struct run *run,
			    const struct process *process)
{
	size_t listed = 0;

	for (int verdict = VERDICT_LOST; verdict >= VERDICT_CLEAN; verdict--)
		for (size_t i = 0; i < process->producer_count; i++)
			if (process->producers[i].verdict == (enum verdict)verdict &&
			    listed < PRODUCERS_LISTED) {
				brief_producer(page, run, process, &process->producers[i]);
				listed++;
			}
	more(page, run, process->producer_count - listed, "more producer");
}

/* ---- its connections ---- */

static const char *with(struct run *run, const char *words, const char *also)
{
	return words ? model_format(run, "%s, %s", words, also) : also;
}

static const char *with_count(struct run *run, const char *words, int64_t count,
			      const char *thing)
{
	return count > 0 ? with(run, words, words_count(run, count, thing)) : words;
}

static const char *end_words(struct run *run, const struct socket *socket, const char *words)
{
	if (socket->timed_out)
		words = with(run, words, "TCP gave it up");
	if (socket->reset || socket->end == END_RESET)
		words = with(run, words, "ended by a reset");
	if (socket->error != UNKNOWN && words_error(socket->error))
		words = with(run, words, words_error(socket->error));
	if (socket->cut_length != UNKNOWN)
		words = with(run, words, "ended in the middle of a request");
	if (socket->unsent_bytes > 0)
		words = with(run, words,
			     model_format(run, "%s unsent at its end",
					  words_size(run, socket->unsent_bytes)));
	return words;
}

/* What is unusual about a connection; NULL: nothing. */
static const char *unusual(struct run *run, const struct socket *socket)
{
	const char *words = NULL;

	if (socket->connect_error > 0 && socket->writes == 0)
		words = model_format(run, "connect failed: %s",
				     strerror((int)socket->connect_error));
	if (socket->stalls > 0 || socket->stalled_at_end)
		words = with(run, words,
			     model_format(run, "%s for %s in all%s",
					  words_count(run, socket->stalls, "stall"),
					  words_time(run, socket->stalled_ns),
					  socket->stalled_at_end
						  ? ", the last one until the end"
						  : ""));
	words = with_count(run, words, socket->short_writes, "short write");
	return end_words(run, socket, words);
}

/* Errors that a broker answered. */
static const char *answers_words(struct run *run, const struct peer *peer)
{
	const char *words = NULL;

	for (size_t i = 0; i < peer->answer_count; i++) {
		const struct answer *answer = &peer->answers[i];

		words = with(run, words,
			     model_format(run, "%s answered with %s",
					  words_count(run, answer->count,
						      words_api(run, answer->api)),
					  answer->name ? answer->name : "an error"));
	}
	return words;
}

/* Lines of the network, of which the first has the label. */
struct network {
	const struct page *page;
	size_t lines;
};

static void network_line(struct network *network, const char *words)
{
	if (network->lines++ < NETWORK_LISTED)
		page_wrap(network->page, network->lines == 1 ? "  network" : "", LABEL, words);
}

static void network_peers(struct network *network, struct run *run,
			  const struct process *process)
{
	for (size_t i = 0; i < process->peer_count; i++) {
		const struct peer *peer = &process->peers[i];
		const char *ends = words_peer_ends(run, peer);
		const char *answers = answers_words(run, peer);

		if (ends)
			network_line(network,
				     model_format(run, "%s: %s", words_peer(run, peer), ends));
		if (answers)
			network_line(network, model_format(run, "%s: %s", words_peer(run, peer),
							   answers));
	}
}

static void network_sockets(struct network *network, struct run *run,
			    const struct process *process)
{
	for (size_t i = 0; i < process->socket_count; i++) {
		const struct socket *socket = &process->sockets[i];
		const char *words =
			text_is_unmade(process, socket) ? NULL : unusual(run, socket);

		if (words)
			network_line(network, model_format(run, "%s: %s",
							   text_socket_peer(socket), words));
	}
}

/* "2 connections, 15,146 bytes written": nothing was unusual. */
static const char *usual_words(struct run *run, const struct process *process)
{
	int64_t bytes = 0;

	if (process->socket_count == 0)
		return "no connection was made";
	for (size_t i = 0; i < process->socket_count; i++)
		bytes = number_sum(bytes, process->sockets[i].accepted_bytes);
	return model_format(run, "%s, %s written, nothing unusual",
			    words_count(run, (int64_t)process->socket_count, "connection"),
			    words_size(run, bytes));
}

static void brief_network(const struct page *page, struct run *run,
			  const struct process *process)
{
	struct network network = {.page = page};

	network_peers(&network, run, process);
	network_sockets(&network, run, process);
	if (network.lines == 0)
		network_line(&network, usual_words(run, process));
	if (network.lines > NETWORK_LISTED)
		more(page, run, network.lines - NETWORK_LISTED, "more of these");
}

/* ---- its other findings, and the name of the one that the first lines are about ---- */

static void brief_findings(const struct page *page, struct run *run,
			   const struct process *process)
{
	const struct process *other = NULL;
	const struct finding *chief = text_worst(run, &other);
	size_t listed = 0;

	for (size_t i = 0; i < process->finding_count; i++) {
		const struct finding *finding = &process->findings[i];
		const char *words;

		if (finding == chief || listed++ >= FINDINGS_LISTED)
			continue;
		words = model_format(run, "%s%s: %s", finding->known ? "KNOWN " : "",
				     finding->id, text_first_sentence(run, finding->text));
		page_wrap(page, listed == 1 ? "  also" : "", LABEL,
			  page_fit(page, run, words, page->columns - LABEL));
	}
	if (listed > FINDINGS_LISTED)
		more(page, run, listed - FINDINGS_LISTED, "more finding");
	if (chief)
		page_wrap(page, "  finding", LABEL,
			  model_format(run, "%s, signature %s", chief->id,
				       chief->signature->digits));
}

void text_brief(const struct page *page, struct run *run, const struct process *process)
{
	brief_process(page, run, process);
	if (process->proves && process->producer_count)
		page_wrap(page, "  prove", LABEL, text_withheld(run, process));
	brief_producers(page, run, process);
	brief_network(page, run, process);
	if (process->unserved)
		page_wrap(page, "  broker", LABEL, process->unserved);
	brief_findings(page, run, process);
}
