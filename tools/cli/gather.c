/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gather.c - see gather.h.
 *
 * Traces are built as they are read. Only where one turns out to be an earlier copy of one
 * that is read after it, all are built once more, without it.
 */
#include "cli/gather.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "build/build.h"
#include "build/copies.h"
#include "say/say.h"
#include "memory/memory.h"

#define COPIES_NAMED 3 /* further ones are counted */

struct trace_file {
	char *path;
	bool passed_over; /* a copy, or it could not be read: that has been said */
};

struct gathering {
	struct run *run;
	struct trace_file *files;
	size_t file_count;
	struct copies *copies; /* NULL: they are known */
	size_t copy_count;
	bool again; /* a copy has been built */
	struct gathered gathered;
};

static void add_file(struct gathering *gathering, char *path)
{
	gathering->files = memory_grown(gathering->files, gathering->file_count + 1,
					sizeof *gathering->files);
	gathering->files[gathering->file_count++] = (struct trace_file){.path = path};
}

static int is_trace(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name), suffix = strlen(TRACE_SUFFIX);

	return length > suffix && !strcmp(entry->d_name + length - suffix, TRACE_SUFFIX);
}

static char *path_in(const char *directory, const char *name)
{
	size_t bytes = strlen(directory) + strlen(name) + 2;
	char *path = memory_take(bytes);

	snprintf(path, bytes, "%s/%s", directory, name);
	return path;
}

static void add_directory(struct gathering *gathering, const char *path, bool empty_is_fine)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_trace, alphasort);

	if (count < 0) {
		say("cannot read '%s': %s", path, strerror(errno));
		gathering->gathered.unreadable = true;
		return;
	}
	if (count == 0 && !empty_is_fine) {
		say("no trace (*%s) is in '%s'", TRACE_SUFFIX, path);
		gathering->gathered.empty = true;
	}
	for (int i = 0; i < count; i++) {
		add_file(gathering, path_in(path, entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
}

static void add_path(struct gathering *gathering, const char *path, bool empty_is_fine)
{
	struct stat about;

	if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
		add_directory(gathering, path, empty_is_fine);
	else
		add_file(gathering, memory_text(path));
}

static void pass_over_copy(struct gathering *gathering, size_t copy, size_t original)
{
	gathering->files[copy].passed_over = true;
	gathering->run->copies++;
	if (++gathering->copy_count <= COPIES_NAMED)
		say("'%s' is a copy of '%s', of the same process: it counts once",
		    gathering->files[copy].path, gathering->files[original].path);
}

/* One that was read before cannot be read any more: then this one is as good. */
static bool is_further(const struct reader *reader, const char *than)
{
	struct reader other;
	bool further = !reader_open(&other, than, READER_COUNTERS) ||
		       copies_is_further(reader, &other);

	reader_close(&other);
	return further;
}

/* Whether the trace is to be built. */
static bool is_original(struct gathering *gathering, const struct reader *reader, size_t number)
{
	size_t other;

	if (!gathering->copies || !copies_note(gathering->copies, reader, number, &other))
		return true;
	if (!is_further(reader, gathering->files[other].path)) {
		pass_over_copy(gathering, number, other);
		return false;
	}
	copies_replace(gathering->copies, reader, number);
	pass_over_copy(gathering, other, number);
	gathering->again = true;
	return true;
}

static void read_file(struct gathering *gathering, size_t number)
{
	struct trace_file *file = &gathering->files[number];
	struct reader reader;

	if (!reader_open(&reader, file->path, READER_COUNTERS)) {
		say("cannot read '%s': %s", file->path, reader.faults[0].what);
		gathering->gathered.unreadable = file->passed_over = true;
	} else if (is_original(gathering, &reader, number)) {
		build_trace(gathering->run, file->path, &reader);
	}
	reader_close(&reader);
}

static void read_files(struct gathering *gathering)
{
	for (size_t i = 0; i < gathering->file_count; i++)
		if (!gathering->files[i].passed_over)
			read_file(gathering, i);
}

static void read_files_again(struct gathering *gathering)
{
	int64_t copies = gathering->run->copies;

	copies_end(gathering->copies);
	gathering->copies = NULL;
	model_free(gathering->run);
	gathering->run->copies = copies;
	read_files(gathering);
}

struct gathered gather_traces(struct run *run, const char *const *paths, size_t count,
			      bool empty_is_fine)
{
	struct gathering gathering = {.run = run, .copies = copies_begin()};

	for (size_t i = 0; i < count; i++)
		add_path(&gathering, paths[i], empty_is_fine);
	read_files(&gathering);
	if (gathering.again)
		read_files_again(&gathering);
	if (gathering.copy_count > COPIES_NAMED)
		say("%zu more are copies", gathering.copy_count - COPIES_NAMED);
	if (gathering.copies)
		copies_end(gathering.copies);
	for (size_t i = 0; i < gathering.file_count; i++)
		free(gathering.files[i].path);
	free(gathering.files);
	return gathering.gathered;
}
