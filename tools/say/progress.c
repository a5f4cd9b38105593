/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress.c - see progress.h.
 */
#include "say/progress.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Shorter work shows nothing; a line that changes more often cannot be read. */
#define FIRST_NS INT64_C(500000000)
#define EACH_NS INT64_C(100000000)

static struct {
	int64_t next_ns; /* 0: no work is in progress */
	bool shown;	 /* the line is on the screen */
} progress;

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static bool is_terminal(void)
{
	const char *kind = getenv("TERM");

	return isatty(STDERR_FILENO) && kind && *kind && strcmp(kind, "dumb") != 0;
}

void progress_show(const char *what, size_t done, size_t all)
{
	int64_t now = now_ns();

	if (progress.next_ns == 0)
		progress.next_ns = is_terminal() ? now + FIRST_NS : INT64_MAX;
	if (now < progress.next_ns)
		return;
	progress.next_ns = now + EACH_NS;
	progress.shown = true;
	/* Returns to the begin of the line and erases it (ECMA-48: CR, EL). */
	fprintf(stderr, "\r\033[K%s: %zu", what, done);
	if (all > 0)
		fprintf(stderr, " of %zu", all);
	fflush(stderr);
}

void progress_hide(void)
{
	if (!progress.shown)
		return;
	progress.shown = false;
	fputs("\r\033[K", stderr);
	fflush(stderr);
}

void progress_end(void)
{
	progress_hide();
	progress.next_ns = 0;
}
