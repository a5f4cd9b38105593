/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop.c - see loop.h.
 *
 * While an answer is withheld the live traces are read every two milliseconds, to see whether
 * their processes wait: a few reads of 16 bytes.
 */
#include "prove/loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "memory/memory.h"
#include "prove/line.h"

#define TICK_MS 2   /* while answers are withheld */
#define IDLE_MS 500 /* else; also the step in which drained lines are looked at */
#define GREETING_NS INT64_C(5000000000)

struct loop {
	const struct loop_options *options;
	struct line **lines;
	size_t line_count, line_room;
	struct holds *processes[PROOF_PROCESSES];
	size_t process_count;
	struct pollfd *fds;
	bool finishing, done;
	int listener;
};

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- processes ---- */

static struct holds *process_make(struct loop *loop, const struct divert_hello *hello)
{
	struct proof_board *proof = loop->options->proof;

	if (loop->process_count == PROOF_PROCESSES) {
		proof->full = true;
		return NULL;
	}
	struct holds *holds = memory_zeroed(1, sizeof(*holds));

	holds->told = &proof->processes[loop->process_count];
	*holds->told = (struct host_withheld){.pid = hello->pid,
					      .start_ticks = hello->start_ticks,
					      .trace_ns = hello->monotonic_ns,
					      .patience_ns = PATIENCE_MOST_NS};
	if (!live_open(&holds->live, loop->options->directory, hello)) {
		free(holds);
		return NULL;
	}
	loop->processes[loop->process_count++] = holds;
	__atomic_store_n(&proof->process_count, (uint32_t)loop->process_count,
			 __ATOMIC_RELEASE);
	return holds;
}

static struct holds *process_find(struct loop *loop, const struct divert_hello *hello)
{
	for (size_t i = 0; i < loop->process_count; i++) {
		const struct host_withheld *told = loop->processes[i]->told;

		if (told->pid == hello->pid && told->start_ticks == hello->start_ticks &&
		    told->trace_ns == hello->monotonic_ns)
			return loop->processes[i];
	}
	return process_make(loop, hello);
}

/* ---- lines ---- */

static struct host_line *line_tell(struct loop *loop, const struct divert_hello *hello)
{
	struct proof_board *proof = loop->options->proof;

	if (proof->line_count == PROOF_LINES) {
		proof->full = true;
		return NULL;
	}
	struct host_line *told = &proof->lines[proof->line_count];

	*told = (struct host_line){.pid = hello->pid,
				   .start_ticks = hello->start_ticks,
				   .trace_ns = hello->monotonic_ns,
				   .socket = hello->socket};
	__atomic_store_n(&proof->line_count, proof->line_count + 1, __ATOMIC_RELEASE);
	return told;
}

static void line_add(struct loop *loop, int fd, int64_t now)
{
	if (loop->line_count == loop->line_room) {
		loop->line_room = loop->line_room ? loop->line_room * 2 : 16;
		loop->lines = memory_grown(loop->lines, loop->line_room, sizeof(struct line *));
		loop->fds =
			memory_grown(loop->fds, 2 + 2 * loop->line_room, sizeof(struct pollfd));
	}
	struct line *line = memory_zeroed(1, sizeof(*line));

	line->state = LINE_GREETING;
	line->host = fd;
	line->peer = -1;
	line->until_ns = now + GREETING_NS;
	loop->lines[loop->line_count++] = line;
}

static void accept_all(struct loop *loop, int64_t now)
{
	int fd;

	while ((fd = accept4(loop->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
		line_add(loop, fd, now);
}

static void line_greeted(struct loop *loop, struct line *line)
{
	const struct divert_hello *hello = &line->hello;

	if (memcmp(hello->magic, DIVERT_MAGIC, sizeof(hello->magic)) != 0 ||
	    memcmp(hello->run, loop->options->run, sizeof(hello->run)) != 0) {
		line->state = LINE_OVER;
		return;
	}
	line->holds = loop->finishing ? NULL : process_find(loop, hello);
	line->told = line_tell(loop, hello);
	if (line->told && !line->holds)
		line->told->lost = true;
	line_connect(line);
}

/* The hello may arrive in parts; the bytes after it are the host's. */
static void line_greet(struct loop *loop, struct line *line, int64_t now)
{
	ssize_t got = recv(line->host, (char *)&line->hello + line->hello_bytes,
			   sizeof(line->hello) - line->hello_bytes, MSG_DONTWAIT);

	if (got > 0)
		line->hello_bytes += (size_t)got;
	if (line->hello_bytes == sizeof(line->hello))
		line_greeted(loop, line);
	else if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR) ||
		 now >= line->until_ns)
		line->state = LINE_OVER;
}

static void lines_free_over(struct loop *loop)
{
	size_t kept = 0;

	for (size_t i = 0; i < loop->line_count; i++) {
		if (loop->lines[i]->state != LINE_OVER) {
			loop->lines[kept++] = loop->lines[i];
			continue;
		}
		line_free(loop->lines[i]);
		free(loop->lines[i]);
	}
	loop->line_count = kept;
}

/* ---- withheld answers ---- */

static void process_open_all(struct loop *loop, const struct holds *holds, enum holds_end how,
			     int64_t now)
{
	for (size_t i = 0; i < loop->line_count; i++)
		if (loop->lines[i]->holds == holds)
			line_open_all(loop->lines[i], how, now);
}

static void gates_look(struct loop *loop, int64_t now)
{
	for (size_t i = 0; i < loop->process_count; i++) {
		struct holds *holds = loop->processes[i];

		if (!holds->active)
			continue;
		holds_count(holds, now);
		if (loop->finishing)
			process_open_all(loop, holds, HOLDS_BY_END, now);
		else if (holds_are_waited_for(holds))
			process_open_all(loop, holds, HOLDS_BY_WAIT, now);
	}
	for (size_t i = 0; i < loop->line_count; i++)
		line_open_due(loop->lines[i], now);
}

static bool is_withholding(const struct loop *loop)
{
	for (size_t i = 0; i < loop->process_count; i++)
		if (loop->processes[i]->active)
			return true;
	return false;
}

/* ---- the end ---- */

static void finish(struct loop *loop, int64_t now)
{
	loop->finishing = true;
	accept_all(loop, now);
	close(loop->listener);
	loop->listener = -1;
	/* Connections whose process has ended have closed before `control` was. */
	for (size_t i = 0; i < loop->line_count; i++) {
		struct pollfd fds[2] = {{.revents = POLLIN}, {.revents = POLLIN}};

		if (loop->lines[i]->state == LINE_GREETING)
			line_greet(loop, loop->lines[i], now);
		line_work(loop->lines[i], fds, now);
	}
	gates_look(loop, now);
	for (size_t i = 0; i < loop->line_count; i++)
		loop->lines[i]->holds = NULL;
}

static void done_tell(struct loop *loop)
{
	for (size_t i = 0; i < loop->line_count; i++)
		if (loop->lines[i]->state == LINE_DRAINING)
			return;
	loop->done = true;
	if (write(loop->options->done, "", 1) < 0)
		return; /* `run` has ended */
}

/* ---- one turn ---- */

static void wait(struct loop *loop)
{
	struct pollfd *fds = loop->fds;
	int most_ms = is_withholding(loop) ? TICK_MS : IDLE_MS;

	fds[0] = (struct pollfd){.fd = loop->listener, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = loop->finishing ? -1 : loop->options->control,
				 .events = POLLIN};
	for (size_t i = 0; i < loop->line_count; i++)
		line_wants(loop->lines[i], &fds[2 + 2 * i]);
	if (poll(fds, 2 + 2 * loop->line_count, most_ms) < 0)
		for (size_t i = 0; i < 2 + 2 * loop->line_count; i++)
			fds[i].revents = 0;
}

static void turn(struct loop *loop)
{
	const struct pollfd *fds = loop->fds;
	size_t count = loop->line_count;
	int64_t now = now_ns();

	for (size_t i = 0; i < count; i++) {
		if (loop->lines[i]->state == LINE_GREETING)
			line_greet(loop, loop->lines[i], now);
		else
			line_work(loop->lines[i], &fds[2 + 2 * i], now);
	}
	gates_look(loop, now);
	if (fds[1].revents)
		finish(loop, now);
	else if (fds[0].revents)
		accept_all(loop, now); /* moves fds: last */
	lines_free_over(loop);
	if (loop->finishing && !loop->done)
		done_tell(loop);
}

void loop_run(const struct loop_options *options)
{
	struct loop loop = {.options = options,
			    .listener = options->listener,
			    .fds = memory_zeroed(2, sizeof(struct pollfd))};

	while (!loop.finishing || loop.line_count) {
		wait(&loop);
		turn(&loop);
	}
	if (!loop.done)
		done_tell(&loop);
	for (size_t i = 0; i < loop.process_count; i++) {
		live_close(&loop.processes[i]->live);
		free(loop.processes[i]);
	}
	free(loop.lines);
	free(loop.fds);
}
