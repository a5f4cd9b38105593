/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.c - see watch.h.
 */
#include "top/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "memory/memory.h"
#include "top/row.h"

void watch_begin(struct watch *watch, const char *const *operands, size_t count)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	*watch = (struct watch){
		.operands = operands,
		.operand_count = count,
		.began_realtime_ns = now.tv_sec * INT64_C(1000000000) + now.tv_nsec,
	};
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct watched *)a)->path, ((const struct watched *)b)->path);
}

static void forget_readings(struct watched *item)
{
	reading_free(item->now);
	reading_free(item->before);
	free(item->pasts);
	item->now = item->before = NULL;
	item->pasts = NULL;
	item->past_count = 0;
}

static void item_free(struct watched *item)
{
	forget_readings(item);
	free(item->path);
}

/* Searches the first `sorted` items, which are in order; new items are appended. */
static void add_found(struct watch *watch, size_t sorted, const struct found *found)
{
	struct watched key = {.path = found->path};

	if (found->packed ||
	    (sorted && bsearch(&key, watch->items, sorted, sizeof key, by_path)))
		return;
	watch->items = memory_grown(watch->items, watch->count + 1, sizeof *watch->items);
	watch->items[watch->count++] = (struct watched){.path = memory_text(found->path)};
}

static void put_in_order(struct watch *watch)
{
	size_t kept = 0;

	if (watch->count == 0)
		return;
	qsort(watch->items, watch->count, sizeof *watch->items, by_path);
	for (size_t i = 1; i < watch->count; i++) {
		if (!strcmp(watch->items[i].path, watch->items[kept].path))
			item_free(&watch->items[i]); /* two operands name it */
		else
			watch->items[++kept] = watch->items[i];
	}
	watch->count = kept + 1;
}

static bool is_directory(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* A directory, or an operand without a trace, may have traces later. A packed file, and a trace
 * that cannot be read, are refused. */
static bool is_refused(const char *operand, const struct finds *finds, char *why)
{
	char cannot[READING_WHY_BYTES];
	struct reading *reading;

	if (is_directory(operand) || finds->count == 0)
		return false;
	if (finds->items[0].packed) {
		snprintf(why, FIND_WHY_BYTES, "it is a packed file: nothing in it runs");
		return true;
	}
	reading = reading_take(finds->items[0].path, cannot);
	if (!reading)
		snprintf(why, FIND_WHY_BYTES, "%s", cannot);
	reading_free(reading);
	return !reading;
}

static bool find(struct watch *watch, const char **operand, char *why)
{
	size_t sorted = watch->count;

	watch->lost_operand = NULL;
	for (size_t i = 0; i < watch->operand_count; i++) {
		struct finds finds = {0};
		const char *name = watch->operands[i];
		bool good = find_add(&finds, name, false, why) != FIND_UNREADABLE;

		if (!watch->looked && good)
			good = !is_refused(name, &finds, why);
		if (!good && !watch->looked) {
			find_free(&finds);
			*operand = name;
			return false;
		}
		/* A pid without a trace (any more) has ended. */
		if (!good && strspn(name, "0123456789") != strlen(name)) {
			watch->lost_operand = name;
			snprintf(watch->lost_why, sizeof watch->lost_why, "%s", why);
		}
		for (size_t j = 0; j < finds.count; j++)
			add_found(watch, sorted, &finds.items[j]);
		find_free(&finds);
	}
	put_in_order(watch);
	return true;
}

/* ---- ends ---- */

static void end_add(struct watch *watch, struct reading *last, bool removed)
{
	for (size_t i = 0; i < watch->end_count; i++) {
		struct watch_end *end = &watch->ends[i];

		if (!reading_same(end->last, last))
			continue;
		/* Read again, because `run` adds the exit status. */
		reading_free(end->last);
		*end = (struct watch_end){last, removed};
		return;
	}
	watch->ends = memory_grown(watch->ends, watch->end_count + 1, sizeof *watch->ends);
	watch->ends[watch->end_count++] = (struct watch_end){last, removed};
}

static void ends_begin(struct watch *watch)
{
	size_t many =
		watch->end_count > WATCH_ENDS_KEPT ? watch->end_count - WATCH_ENDS_KEPT : 0;

	for (size_t i = 0; i < many; i++)
		reading_free(watch->ends[i].last);
	watch->end_count -= many;
	if (many)
		memmove(watch->ends, watch->ends + many,
			watch->end_count * sizeof *watch->ends);
	watch->ends_new = watch->end_count;
}

static bool began_meanwhile(const struct watch *watch, const struct process *process)
{
	return process->start_realtime_ns != UNKNOWN && process->traced_ns != UNKNOWN &&
	       process->start_realtime_ns + process->traced_ns - process->trace_start_ns >=
		       watch->began_realtime_ns;
}

static bool is_known(const struct watch *watch, const struct reading *reading)
{
	for (size_t i = 0; i < watch->end_count; i++)
		if (reading_same(watch->ends[i].last, reading))
			return true;
	return false;
}

/* Takes ownership of `last`. */
static void ended(struct watch *watch, struct watched *item, struct reading *last)
{
	bool watched = item->state == WATCHED_RUNS || began_meanwhile(watch, last->process) ||
		       is_known(watch, last);

	forget_readings(item);
	item->state = WATCHED_ENDED;
	if (watched && last->process->judged)
		end_add(watch, last, false);
	else
		reading_free(last);
}

static void removed(struct watch *watch, struct watched *item)
{
	item->gone = true;
	if (item->state != WATCHED_RUNS || !item->now)
		return;
	end_add(watch, item->now, true);
	item->now = NULL;
}

/* ---- what runs ---- */

static void note_pasts(struct watched *item)
{
	const struct process *process = item->now->process;

	for (size_t i = 0; i < process->producer_count; i++) {
		size_t row = process->producers[i].row, was = item->past_count;

		if (row >= was) {
			item->pasts = memory_grown(item->pasts, row + 1, sizeof *item->pasts);
			item->past_count = row + 1;
			for (size_t j = was; j <= row; j++)
				past_begin(&item->pasts[j]);
		}
		row_note(&item->pasts[row], item->now, i, row >= was);
	}
}

/* Takes ownership of `now`. */
static void runs(struct watched *item, struct reading *now)
{
	if (item->now && !reading_same(now, item->now))
		forget_readings(item);
	reading_free(item->before);
	item->before = item->now;
	item->now = now;
	if (now->process->how == ENDED_RUNNING ||
	    (item->before && reading_moved(now, item->before)))
		item->state = WATCHED_RUNS;
	else if (item->state != WATCHED_RUNS)
		item->state = WATCHED_UNDETERMINED;
	reading_compare(now, item->before);
	note_pasts(item);
}

static bool has_changed(const struct stat *a, const struct stat *b)
{
	return a->st_dev != b->st_dev || a->st_ino != b->st_ino || a->st_size != b->st_size ||
	       a->st_mtim.tv_sec != b->st_mtim.tv_sec ||
	       a->st_mtim.tv_nsec != b->st_mtim.tv_nsec ||
	       a->st_ctim.tv_sec != b->st_ctim.tv_sec ||
	       a->st_ctim.tv_nsec != b->st_ctim.tv_nsec;
}

static void look_at(struct watch *watch, struct watched *item)
{
	struct stat about;

	if (stat(item->path, &about) < 0) {
		removed(watch, item);
		return;
	}
	if (item->state == WATCHED_ENDED && !has_changed(&about, &item->about))
		return;
	item->about = about;
	struct reading *reading = reading_take(item->path, item->why);

	if (!reading) {
		forget_readings(item);
		item->state = WATCHED_UNREADABLE;
	} else if (reading_runs(reading)) {
		runs(item, reading);
	} else {
		ended(watch, item, reading);
	}
}

/* Finds processes that are watched by two paths, as a pid's and one through a link. */
static void find_copies(struct watch *watch)
{
	for (size_t i = 0; i < watch->count; i++)
		for (size_t j = 0; watch->items[i].now && j < i; j++)
			if (watch->items[j].now && watch->items[j].state != WATCHED_COPY &&
			    reading_same(watch->items[i].now, watch->items[j].now))
				watch->items[i].state = WATCHED_COPY;
}

static void drop_gone(struct watch *watch)
{
	size_t kept = 0;

	for (size_t i = 0; i < watch->count; i++)
		if (watch->items[i].gone)
			item_free(&watch->items[i]);
		else
			watch->items[kept++] = watch->items[i];
	watch->count = kept;
}

bool watch_look(struct watch *watch, const char **operand, char *why)
{
	if (!find(watch, operand, why))
		return false;
	watch->looked = true;
	ends_begin(watch);
	for (size_t i = 0; i < watch->count; i++)
		look_at(watch, &watch->items[i]);
	drop_gone(watch);
	find_copies(watch);
	return true;
}

bool watch_is_over(const struct watch *watch)
{
	for (size_t i = 0; i < watch->operand_count; i++)
		if (is_directory(watch->operands[i]) || watch->lost_operand)
			return false;
	for (size_t i = 0; i < watch->count; i++)
		if (watch->items[i].state != WATCHED_ENDED)
			return false;
	return true;
}

void watch_end(struct watch *watch)
{
	for (size_t i = 0; i < watch->count; i++)
		item_free(&watch->items[i]);
	for (size_t i = 0; i < watch->end_count; i++)
		reading_free(watch->ends[i].last);
	free(watch->items);
	free(watch->ends);
}
