/* SPDX-License-Identifier: Apache-2.0 */
/*
 * top.c - see top.h.
 */
#include "top/top.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "build/symbols.h"
#include "top/table.h"
#include "top/view.h"
#include "top/watch.h"

#define SECOND INT64_C(1000000000)
/* On a terminal the second screen comes soon: it is the first one that can show rates. */
#define SOON (SECOND / 4)

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

bool top_interval(const char *words, int64_t *ns)
{
	char *end;

	if (!*words || strspn(words, "0123456789.") != strlen(words))
		return false;
	double seconds = strtod(words, &end);

	if (*end || !(seconds >= 0.1 && seconds <= 3600))
		return false;
	*ns = (int64_t)(seconds * 1e9);
	return true;
}

struct state {
	const struct top_options *options;
	struct top_trouble *trouble;
	struct watch watch;
	struct screen screen;
	int64_t looked_ns; /* CLOCK_MONOTONIC, UNKNOWN: not yet */
	long shown;
};

static bool look(struct state *state)
{
	int64_t before_ns = state->looked_ns, now = clock_ns(CLOCK_MONOTONIC);

	screen_free(&state->screen);
	if (!watch_look(&state->watch, &state->trouble->operand, state->trouble->why))
		return false;
	state->looked_ns = now;
	screen_make(&state->screen, &state->watch, state->options->sort,
		    clock_ns(CLOCK_REALTIME), before_ns == UNKNOWN ? UNKNOWN : now - before_ns);
	state->shown++;
	return true;
}

static bool is_last(const struct state *state)
{
	return state->options->screens > 0 && state->shown >= state->options->screens;
}

/* When the next screen is due: at multiples of the interval, so that the time that a screen
 * takes does not add up. */
static int64_t next_ns(int64_t due_ns, int64_t interval_ns)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC);

	due_ns += interval_ns;
	return due_ns > now ? due_ns : now - (now - due_ns) % interval_ns + interval_ns;
}

static void sleep_until(int64_t ns)
{
	const struct timespec time = {ns / SECOND, ns % SECOND};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR)
		;
}

static enum top_answer run_lines(struct state *state)
{
	const struct top_options *options = state->options;
	int64_t due_ns = clock_ns(CLOCK_MONOTONIC);

	for (;;) {
		if (!look(state))
			return TOP_UNREADABLE;
		(options->form == TOP_JSON ? screen_json : screen_text)(&state->screen,
									options->out);
		errno = 0;
		if (fflush(options->out) != 0 || ferror(options->out))
			return TOP_NOT_WRITTEN;
		if (is_last(state) || watch_is_over(&state->watch))
			return TOP_DONE;
		due_ns = next_ns(due_ns, options->interval_ns);
		sleep_until(due_ns);
	}
}

static void draw(const struct state *state)
{
	struct table table;

	table_make(&table, &state->screen, state->options->sort, view_columns());
	view_draw(&table);
	table_free(&table);
}

static enum top_answer show_until(const struct state *state, int64_t due_ns)
{
	for (;;) {
		draw(state);
		switch (view_wait(due_ns)) {
		case VIEW_TIME:
			return TOP_DONE;
		case VIEW_CHANGED:
			break;
		case VIEW_QUIT:
			return TOP_NOT_WRITTEN; /* nothing more is written */
		case VIEW_KILLED:
			state->trouble->signal = view_signal();
			return TOP_KILLED;
		}
	}
}

static enum top_answer run_view(struct state *state)
{
	const struct top_options *options = state->options;
	enum top_answer answer = TOP_DONE;

	/* An error in an operand is reported before the full screen is used. */
	if (!look(state))
		return TOP_UNREADABLE;
	if (!view_begin(options->out, options->in))
		return TOP_NO_VIEW;
	int64_t due_ns = clock_ns(CLOCK_MONOTONIC);

	due_ns += options->interval_ns < SOON ? options->interval_ns : SOON;
	while ((answer = show_until(state, due_ns)) == TOP_DONE && !is_last(state)) {
		look(state);
		due_ns = next_ns(due_ns, options->interval_ns);
	}
	view_end();
	return answer == TOP_KILLED ? TOP_KILLED : TOP_DONE;
}

enum top_answer top_run(const struct top_options *options, struct top_trouble *trouble)
{
	struct state state = {.options = options, .trouble = trouble, .looked_ns = UNKNOWN};

	watch_begin(&state.watch, options->operands, options->operand_count);
	enum top_answer answer =
		options->form == TOP_VIEW ? run_view(&state) : run_lines(&state);
	int error = errno;

	screen_free(&state.screen);
	watch_end(&state.watch);
	symbols_close();
	errno = error;
	return answer;
}

void top_restore(void)
{
	view_restore();
}
