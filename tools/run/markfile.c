/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markfile.c - see markfile.h.
 */
#include "run/markfile.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/regular.h"
#include "format/format.h"
#include "memory/memory.h"

/* Points into the line, which ends with '\0'. */
static bool mark_parse(struct mark *mark, char *line)
{
	char *rest;
	long pid = strtol(line, &rest, 10);

	*mark = (struct mark){.pid = (pid_t)pid, .kind = 'L', .text = rest};
	if (rest == line || pid <= 0)
		return false;
	if (!*rest)
		return true;
	if (*rest != ' ' || !rest[1])
		return false;
	mark->kind = strchr("<>+=", rest[1]) ? rest[1] : '!';
	mark->text = mark->kind == '!' ? rest + 1 : rest + 2;
	return true;
}

static int compare(const void *left, const void *right)
{
	const struct mark *a = left, *b = right;

	return a->pid != b->pid ? (a->pid > b->pid) - (a->pid < b->pid)
				: (a->number > b->number) - (a->number < b->number);
}

#define MARK_BYTES_LAST 4096

static char *file_read(const char *path, bool *full)
{
	struct stat about;
	int fd = regular_open(path, O_RDONLY, &about);

	*full = fd >= 0 && about.st_size >= MARK_BYTES_MAX;
	if (fd < 0)
		return NULL;
	/* The last mark may reach beyond the limit. A byte that no mark has ends the text. */
	size_t room = *full ? MARK_BYTES_MAX + MARK_BYTES_LAST : (size_t)about.st_size;
	char *bytes = memory_take(room + 1);

	bytes[regular_read(fd, bytes, room, 0)] = '\0';
	close(fd);
	return bytes;
}

static bool missing_noted(const char *path)
{
	char note[PATH_MAX + 32];

	snprintf(note, sizeof(note), "%s" MARK_MISSING_SUFFIX, path);
	return access(note, F_OK) == 0;
}

const char *marks_incomplete(const struct marks *marks)
{
	if (marks->full)
		return "so many programs were started that whether the last of them had the "
		       "shim is not known";
	if (marks->missing)
		return "a process could not say which programs it started (a limit of file "
		       "sizes, a full disk, no descriptor left)";
	return NULL;
}

void marks_read(struct marks *marks, const char *path)
{
	size_t lines = 0;

	*marks = (struct marks){.missing = missing_noted(path)};
	marks->bytes = file_read(path, &marks->full);
	if (!marks->bytes)
		return;
	for (const char *at = marks->bytes; (at = strchr(at, '\n')); at++)
		lines++;
	marks->rows = memory_zeroed(lines + 1, sizeof(*marks->rows));
	char *at = marks->bytes;
	size_t number = 0;
	for (char *end; (end = strchr(at, '\n')); at = end + 1) {
		struct mark *mark = &marks->rows[marks->count];

		*end = '\0';
		marks->count += mark_parse(mark, at);
		mark->number = number++;
	}
	qsort(marks->rows, marks->count, sizeof(*marks->rows), compare);
}

void marks_free(struct marks *marks)
{
	free(marks->rows);
	free(marks->bytes);
	*marks = (struct marks){0};
}

bool marks_loaded(const struct marks *marks, pid_t pid)
{
	for (size_t i = 0; i < marks->count; i++)
		if (marks->rows[i].pid == pid && marks->rows[i].kind == 'L')
			return true;
	return false;
}

/* The first row of this process, or of the next one. */
static size_t first_of(const struct marks *marks, pid_t pid)
{
	size_t from = 0, to = marks->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (marks->rows[middle].pid < pid)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

bool marks_traced(const struct marks *marks, const char *name)
{
	/* A trace's name begins with the pid of its process. */
	pid_t pid = (pid_t)strtol(name, NULL, 10);

	for (size_t i = first_of(marks, pid); i < marks->count && marks->rows[i].pid == pid;
	     i++)
		if (marks->rows[i].kind == '=' && strcmp(marks->rows[i].text, name) == 0)
			return true;
	return false;
}

const struct mark *marks_silence(const struct marks *marks)
{
	const struct mark *first = NULL;

	for (size_t i = 0; i < marks->count; i++)
		if (marks->rows[i].kind == '!' &&
		    (!first || marks->rows[i].number < first->number))
			first = &marks->rows[i];
	return first;
}

/*
 * The last program of one process, if it did not load the shim; one that did has a line
 * of its own. The line of the starting process may be behind all lines of the process.
 */
static const struct mark *last_unloaded(const struct marks *marks, size_t from, size_t to)
{
	const struct mark *program = NULL;
	bool loaded = false;

	for (size_t i = from; i < to; i++) {
		const struct mark *mark = &marks->rows[i];

		if (mark->kind == 'L')
			loaded = true;
		if (mark->kind == 'L' || mark->kind == '<')
			program = NULL;
		if (mark->kind == '>' || (mark->kind == '+' && !loaded && !program))
			program = mark;
	}
	return program;
}

const struct mark *marks_unloaded(const struct marks *marks, const struct mark *after)
{
	const struct mark *found = NULL;
	size_t from = 0, to;

	while (after && from < marks->count && marks->rows[from].pid <= after->pid)
		from++;
	for (; !found && from < marks->count; from = to) {
		for (to = from + 1;
		     to < marks->count && marks->rows[to].pid == marks->rows[from].pid;)
			to++;
		found = last_unloaded(marks, from, to);
	}
	return found;
}
