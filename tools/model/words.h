/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words.h - formats numbers for people. All texts live as long as the run.
 */
#ifndef UNFLUSHED_MODEL_WORDS_H
#define UNFLUSHED_MODEL_WORDS_H

#include "model/model.h"

const char *words_number(struct run *run, int64_t number);		    /* 1,234,567 */
const char *words_count(struct run *run, int64_t count, const char *thing); /* 2 messages */
const char *words_size(struct run *run, int64_t bytes);			    /* 97.7 KiB */
const char *words_size_exact(struct run *run, int64_t bytes); /* 97.7 KiB (100,000 bytes) */
const char *words_time(struct run *run, int64_t ns);	      /* 1.25 s */
/* Thousandths as "31 %": never rounded up, so that parts do not add up to more than the
 * whole. */
const char *words_share(struct run *run, int64_t thousandths);
const char *words_signal(struct run *run, int64_t number); /* SIGTERM */
/* "ETIMEDOUT"; NULL: there is no error, or one that does not end a connection. */
const char *words_error(int64_t number);
const char *words_end(struct run *run, const struct process *process);
const char *words_pid(struct run *run, const struct process *process); /* 4242, or ? */
/* A time of CLOCK_REALTIME in UTC, as in RFC 3339: 2026-01-31T23:59:59Z, or ? */
const char *words_date(struct run *run, int64_t realtime_ns);
/* librdkafka, kafka-python, ...; "wire": only connections were seen; NULL: unknown. */
const char *words_client(enum trace_client client);

/* The frame that a report names as the place: the first frame of the user's own code
 * (origin.h); NULL: there is none. */
const struct frame *words_place_frame(const struct call_site *site);
/* If other sites of the producer have the same place: the first calling frame that differs
 * between them, of the user's own code if possible; NULL: not needed, or no frame differs. */
const struct frame *words_caller_frame(const struct producer *producer,
				       const struct call_site *site);
/* send_orders at orders.c:42 (in /usr/bin/orders) */
const char *words_frame(struct run *run, const struct frame *frame);
/* The place of a site of the producer; if another site has the same place, with the caller
 * that differs: "publish at bus.py:5, called from audit at bus.py:9". */
const char *words_site(struct run *run, const struct producer *producer,
		       const struct call_site *site);
const char *words_place(struct run *run, const struct producer *producer);
const char *words_producer(struct run *run, const struct process *process,
			   const struct producer *producer);

#endif
