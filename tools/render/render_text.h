/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RENDER_RENDER_TEXT_H
#define UNFLUSHED_RENDER_RENDER_TEXT_H

#include "model/model.h"
#include "render/page.h"

/* What happened to how many messages, in a line: what follows the verdict. */
const char *text_headline(struct run *run);
/* What kept messages from getting out, if that was not the program itself; NULL. */
const char *text_why(struct run *run);
/* The first lines: verdict and how many, why, where, what to change. */
void text_answer(const struct page *page, struct run *run);
void text_funnel(const struct page *page, struct run *run, const struct process *process,
		 const struct producer *producer);
void text_producer(const struct page *page, struct run *run, const struct process *process,
		   const struct producer *producer);
void text_series(const struct page *page, struct run *run, const struct process *process);
void text_sockets(const struct page *page, struct run *run, const struct process *process);

#endif
