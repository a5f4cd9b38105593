/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screen.h - the rows of one screen, sorted, and the processes that have ended.
 */
#ifndef UNFLUSHED_TOP_SCREEN_H
#define UNFLUSHED_TOP_SCREEN_H

#include <stdio.h>

#include "top/row.h"
#include "top/watch.h"

/* The columns that rows can be sorted by. Numbers: the greatest first, unknown ones last. */
#define SCREEN_SORTS "outstanding|bytes|oldest|produced|delivered|fill|stall|program|pid"

struct screen {
	struct row *rows;
	size_t count;
	const struct watch *watch; /* must outlive this */
	int64_t realtime_ns;	   /* the time of this screen */
	int64_t since_ns;	   /* time since the screen before; UNKNOWN: the first */
	size_t processes;	   /* processes that have rows */
	size_t undetermined, unreadable, without_kafka; /* traces without rows, by reason */
};

/* `sort`: one of SCREEN_SORTS. */
void screen_make(struct screen *screen, const struct watch *watch, const char *sort,
		 int64_t realtime_ns, int64_t since_ns);
void screen_free(struct screen *screen);

/* Prints a line for each row, for each process that ended since the screen before, and for
 * each trace that cannot be read; if there are none of these, one line that says so. */
void screen_text(const struct screen *screen, FILE *out);
/* Prints one line: schema unflushed.top/1. */
void screen_json(const struct screen *screen, FILE *out);

/* RFC 3339 in UTC, with milliseconds. */
const char *screen_time_words(struct run *memory, const struct screen *screen);

/* ---- texts that all forms use; they live as long as the row's reading ---- */

const char *screen_producer_words(const struct row *row); /* "?": not known */
const char *screen_topic_words(const struct row *row);	  /* "a, b"; "?" */
const char *screen_rate_words(const struct row *row, double rate);
/* "127.0.0.1:9092"; "?" */
const char *screen_peer_words(const struct socket *socket);

struct run *screen_memory(const struct row *row);

#endif
