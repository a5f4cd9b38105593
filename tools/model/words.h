/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words.h - numbers as people read them. All texts live as long as the run.
 */
#ifndef UNFLUSHED_WORDING_H
#define UNFLUSHED_WORDING_H

#include "model/model.h"

const char *wording_number(struct run *run, int64_t number);		      /* 1,234,567 */
const char *wording_count(struct run *run, int64_t count, const char *thing); /* 2 messages */
const char *wording_size(struct run *run, int64_t bytes);		      /* 97.7 KiB */
const char *wording_size_exact(struct run *run, int64_t bytes); /* 97.7 KiB (100,000 bytes) */
const char *wording_time(struct run *run, int64_t ns);		/* 1.25 s */
const char *wording_signal(struct run *run, int64_t number);	/* SIGTERM */
/* ETIMEDOUT; NULL of one that does not end connections, or of none. */
const char *wording_error(int64_t number);
const char *wording_end(struct run *run, const struct process *process);

/* The frame a person would call "the place": the first outside librdkafka;
 * NULL when there is none. */
const struct frame *wording_place_frame(const struct call_site *site);
/* send_orders at orders.c:42 (in /usr/bin/orders) */
const char *wording_frame(struct run *run, const struct frame *frame);
const char *wording_place(struct run *run, const struct producer *producer);
const char *wording_producer(struct run *run, const struct process *process,
			     const struct producer *producer);

#endif
