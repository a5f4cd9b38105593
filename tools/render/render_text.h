/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RENDER_RENDER_TEXT_H
#define UNFLUSHED_RENDER_RENDER_TEXT_H

#include "model/model.h"
#include "render/page.h"

/* What happened to how many messages, in a line: what follows the verdict. */
const char *text_headline(struct run *run);
/* The same with the topic that they went to, or how many. */
const char *text_line(struct run *run);
/* The reason, in a sentence; NULL: the first line says it. */
const char *text_reason(struct run *run, const struct finding *finding);
/* "282 processes: 240 lost, 1 blind, 41 clean" */
const char *text_processes(struct run *run);
/* Why messages could not be sent, if the reason is outside the program; or NULL. */
const char *text_why(struct run *run);
/* The first sentence of a finding's text, without its full stop unless it is the only one. */
const char *text_first_sentence(struct run *run, const char *text);
/* The finding that the first lines are about: the worst of the run, of the line that lost most
 * if that is known; NULL: there is none. */
const struct finding *text_worst(const struct run *run, const struct process **process);
/* The worst finding of a producer; NULL: it has none. */
const struct finding *text_worst_of(const struct process *process,
				    const struct producer *producer);
/* "send_order at orders.c:42": where a finding of the process points, in a line. */
const char *text_place(const struct page *page, struct run *run, const struct finding *finding,
		       const struct process *process);
/* That line or, for a run that lost messages, the line that lost most; then its share and its
 * callers; NULL at the end. */
const char **text_where_lines(const struct page *page, struct run *run,
			      const struct finding *finding, const struct process *process,
			      bool callers);
void text_where(const struct page *page, struct run *run, const struct finding *finding,
		const struct process *process, bool callers);
/* The first line: verdict, how many messages, which topic. */
void text_verdict(const struct page *page, struct run *run);
/* The first lines: verdict, how many and of which topic; where, why, what to change. */
void text_answer(const struct page *page, struct run *run);
/* A process below the first lines: command, process, client, messages, ..., a line each. */
void text_brief(const struct page *page, struct run *run, const struct process *process);
/* Many processes on one screen; `all`: every row of the table, every process that is blind. */
void text_many(const struct page *page, struct run *run, bool all);
/* The table that was asked for: run->by. */
void text_by(const struct page *page, struct run *run);
/* 01-31 23:59, in UTC; the year is printed above. */
const char *text_minute(struct run *run, int64_t realtime_ns);
/* Its command line; if that is long, only the program. */
const char *text_command(const struct page *page, struct run *run,
			 const struct process *process);
/* What the verdict of --prove is based on, and its limits. */
const char *text_withheld(struct run *run, const struct process *process);
/* "500 produced > 331 written > 330 delivered    169 stopped in the queue" */
void text_funnel_line(const struct page *page, struct run *run, const struct process *process,
		      const struct producer *producer);
void text_funnel(const struct page *page, struct run *run, const struct process *process,
		 const struct producer *producer);
/* A stage: how many messages reached it, and which stopped there ("": none). */
struct text_stage {
	const char *name;
	int64_t messages, bytes;
	const char *died;
};
#define TEXT_STAGES 9
size_t text_stages(struct run *run, const struct process *process,
		   const struct producer *producer, struct text_stage stages[TEXT_STAGES]);
/* Further facts about a producer, a line each; the label is empty if it would be that of the
 * line before. A fact without words ends them. */
struct text_fact {
	const char *label, *words;
};
const struct text_fact *text_producer_facts(struct run *run, const struct process *process,
					    const struct producer *producer);
void text_producer(const struct page *page, struct run *run, const struct process *process,
		   const struct producer *producer);
void text_series(const struct page *page, struct run *run, const struct process *process);
/* The other end of a connection, or ?. */
const char *text_socket_peer(const struct socket *socket);
/* The connection was never made: the row of its peer says all about it. */
bool text_is_unmade(const struct process *process, const struct socket *socket);
void text_sockets(const struct page *page, struct run *run, const struct process *process);

#endif
