/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_text_where.c - the line that the report blames, and its callers.
 */
#include <string.h>

#include "render/render_text.h"
#include "model/words.h"

#define LABEL 9
#define CALLERS 3

const struct finding *text_worst_of(const struct process *process,
				    const struct producer *producer)
{
	for (size_t i = 0; i < process->finding_count; i++)
		if (process->findings[i].producer == producer - process->producers)
			return &process->findings[i];
	return NULL;
}

const struct finding *text_worst(const struct run *run, const struct process **where)
{
	const struct finding *found =
		run->where.site ? text_worst_of(run->where.process, run->where.producer) : NULL;

	if (found && found->verdict == run->verdict) {
		*where = run->where.process;
		return found;
	}
	found = NULL;
	for (size_t i = 0; i < run->process_count; i++) {
		const struct process *process = &run->processes[i];

		if (!process->finding_count || process->verdict != run->verdict)
			continue;
		if (!found || process->findings[0].verdict > found->verdict) {
			found = &process->findings[0];
			*where = process;
		}
	}
	return found;
}

/* The file of a frame, relative to the root of the sources. */
static const char *file_words(const struct page *page, const struct frame *frame)
{
	size_t length = page->source_root ? strlen(page->source_root) : 0;

	while (length > 1 && page->source_root[length - 1] == '/')
		length--;
	return length && !strncmp(frame->file, page->source_root, length) &&
			       frame->file[length] == '/'
		       ? frame->file + length + 1
		       : frame->file;
}

/* "send_order at orders.c:42"; without a line, in which module it is. */
static const char *frame_words(const struct page *page, struct run *run,
			       const struct frame *frame)
{
	if (!frame->file || !frame->line)
		return words_frame(run, frame);
	return model_format(run, "%s%s%s:%d", frame->function ? frame->function : "",
			    frame->function ? " at " : "", file_words(page, frame),
			    frame->line);
}

/* Several lines produced, and it is not known which of them produced the lost messages. */
static const char *lines_words(const struct page *page, struct run *run,
			       const struct finding *finding, const struct producer *producer)
{
	const char *words = NULL;
	int64_t lines = 0;

	for (size_t i = 0; i < producer->site_count; i++) {
		const struct frame *frame = words_place_frame(&producer->sites[i]);

		if (producer->sites[i].unsent_most == 0 || !frame || lines++ > 1)
			continue;
		words = words ? model_format(run, "%s or %s", words,
					     frame_words(page, run, frame))
			      : frame_words(page, run, frame);
	}
	if (lines < 2)
		return words;
	return model_format(run, "%s%s: which of them lost the %s is not known", words,
			    lines > 2 ? model_format(run, " or %s",
						     words_count(run, lines - 2, "other line"))
				      : "",
			    words_number(run, finding->blamed_of));
}

static bool is_open_whose(const struct finding *finding, const struct producer *producer)
{
	return producer->site_count > 1 && finding->blamed_of > 0 && finding->blamed == 0;
}

/* The blamed line; its site, whose callers are printed below; how many of the lost messages
 * came from it. NULL: there is none. */
struct spot {
	const char *words;
	const struct call_site *site;
	const char *share;
};

static bool is_users(const struct call_site *site)
{
	const struct frame *frame = site ? words_place_frame(site) : NULL;

	return frame && frame->origin == ORIGIN_USER;
}

/* What comes out of Go's ProduceChannel() comes from a line of the library's. */
static struct spot spot_of_producer(const struct page *page, struct run *run,
				    const struct finding *finding,
				    const struct producer *producer)
{
	const struct call_site *site = finding->site;
	const char *lines = is_open_whose(finding, producer)
				    ? lines_words(page, run, finding, producer)
				    : NULL;

	if (lines)
		return (struct spot){.words = lines};
	if (!site || !words_place_frame(site))
		site = producer->site_count ? &producer->sites[0] : NULL;
	if (producer->channel_open && !is_users(site) && is_users(producer->made))
		return (struct spot){
			.words = model_format(
				run, "%s, which made the producer",
				frame_words(page, run, words_place_frame(producer->made))),
			.site = producer->made};
	if (!site || !words_place_frame(site))
		return (struct spot){0};
	return (struct spot){.words = frame_words(page, run, words_place_frame(site)),
			     .site = site};
}

static struct spot spot_of(const struct page *page, struct run *run,
			   const struct finding *finding, const struct process *process)
{
	struct spot spot = {0};

	if (finding->producer != UNKNOWN)
		spot = spot_of_producer(page, run, finding,
					&process->producers[finding->producer]);
	if (spot.words)
		return spot;
	if (finding->socket != UNKNOWN) {
		const struct socket *socket = &process->sockets[finding->socket];
		const char *peer = socket->broker ? socket->broker : socket->peer;

		spot.words = model_format(run, "the connection to %s, pid %s",
					  peer ? peer : "?", words_pid(run, process));
	} else {
		spot.words = process->exe ? process->exe : "a program whose name is not known";
	}
	return spot;
}

const char *text_place(const struct page *page, struct run *run, const struct finding *finding,
		       const struct process *process)
{
	return spot_of(page, run, finding, process).words;
}

/* If a line has several callers, the one whose call lost most. */
static const char *most_called_from(const struct page *page, struct run *run,
				    const struct where *where)
{
	const struct frame *caller = words_caller_frame(where->producer, where->site);
	int64_t there = where->site->lost_least;

	if (!caller || there == where->messages)
		return "";
	return model_format(run, "; %s of them called from %s", words_number(run, there),
			    frame_words(page, run, caller));
}

/* "7 of the 10" that certainly never arrived; NULL: all came from that line. */
static const char *share_words(const struct page *page, struct run *run,
			       const struct where *where)
{
	const char *called = most_called_from(page, run, where);

	if (where->exact && where->messages == run->losses.certain && !*called)
		return NULL;
	return model_format(run, "%s%s of the %s%s", where->exact ? "" : "at least ",
			    words_number(run, where->messages),
			    words_number(run, run->losses.certain), called);
}

static struct spot spot_of_run(const struct page *page, struct run *run)
{
	const struct where *where = &run->where;

	return (struct spot){frame_words(page, run, words_place_frame(where->site)),
			     where->site, share_words(page, run, where)};
}

/* The start-up code before main(), which is not the user's. */
static bool is_start(const struct frame *frame)
{
	return frame->function && !strcmp(frame->function, "_start");
}

static bool is_callers(const struct frame *frame, bool users)
{
	if (users)
		return frame->origin == ORIGIN_USER && !is_start(frame);
	return frame->origin == ORIGIN_LIBRARY || frame->origin == ORIGIN_FRAMEWORK;
}

/* How many callers of that kind follow outwards of the place, at most `most`. */
static size_t callers_count(const struct call_site *site, bool users, size_t most)
{
	size_t count = 0;

	for (size_t i = site->place + 1; i < site->depth && count < most; i++)
		count += is_callers(&site->frames[i], users);
	return count;
}

/* The user's own callers first; then, if there is room, the nearest of libraries and
 * frameworks. */
static size_t callers_words(const struct page *page, struct run *run,
			    const struct call_site *site, const char **lines)
{
	size_t users = callers_count(site, true, CALLERS), count = 0;
	size_t others = callers_count(site, false, CALLERS - users);

	for (size_t i = site->place + 1; i < site->depth; i++) {
		const struct frame *frame = &site->frames[i];
		size_t *left = is_callers(frame, true) ? &users : &others;

		if (!*left || !(is_callers(frame, true) || is_callers(frame, false)))
			continue;
		--*left;
		lines[count++] = model_format(run, "from %s", frame_words(page, run, frame));
	}
	return count;
}

const char **text_where_lines(const struct page *page, struct run *run,
			      const struct finding *finding, const struct process *process,
			      bool callers)
{
	const char **lines = model_alloc(run, (CALLERS + 3) * sizeof *lines);
	size_t count = 0;
	struct spot spot = run->where.site && run->verdict == VERDICT_LOST
				   ? spot_of_run(page, run)
				   : spot_of(page, run, finding, process);

	lines[count++] = spot.words;
	if (spot.share)
		lines[count++] = spot.share;
	if (spot.site && callers)
		callers_words(page, run, spot.site, lines + count);
	return lines;
}

void text_where(const struct page *page, struct run *run, const struct finding *finding,
		const struct process *process, bool callers)
{
	const char **lines = text_where_lines(page, run, finding, process, callers);

	for (size_t i = 0; lines[i]; i++)
		page_wrap(page, i ? "" : "  where", LABEL, lines[i]);
}
