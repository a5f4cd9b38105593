/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gather.c - see gather.h.
 *
 * Each trace is added to the run when it is read. Only if one turns out to be
 * an earlier copy of one that is read after it, all are read and added again,
 * without it.
 */
#include "cli/gather.h"

#include <stdlib.h>
#include <string.h>

#include "build/build.h"
#include "build/copies.h"
#include "find/find.h"
#include "memory/memory.h"
#include "pack/pack.h"
#include "pack/unpack.h"
#include "say/progress.h"
#include "say/say.h"

#define PROGRESS "reading traces"
#define COPIES_NAMED 3 /* further ones are counted */

struct trace_file {
	char *label;
	bool passed_over; /* a copy, or unreadable (which has been reported) */
};

struct gathering {
	struct run *run;
	struct finds finds;
	struct trace_file *files; /* in the order in which they are read */
	size_t file_count;
	struct copies *copies; /* NULL: all copies are known */
	size_t copy_count;
	bool again; /* a copy was added: all must be read again */
	struct gathered gathered;
};

static void add_path(struct gathering *gathering, const char *path, bool empty_is_fine)
{
	char why[FIND_WHY_BYTES];

	switch (find_add(&gathering->finds, path, true, why)) {
	case FIND_UNREADABLE:
		say("cannot read '%s': %s", path, why);
		gathering->gathered.unreadable = true;
		break;
	case FIND_EMPTY:
		if (empty_is_fine)
			break;
		say("no trace (*%s, *%s) is in '%s'", TRACE_SUFFIX, PACK_SUFFIX, path);
		gathering->gathered.empty = true;
		break;
	case FIND_GOOD:
		break;
	}
}

static void pass_over_copy(struct gathering *gathering, size_t copy, size_t original)
{
	gathering->files[copy].passed_over = true;
	gathering->run->copies++;
	if (++gathering->copy_count <= COPIES_NAMED)
		say("'%s' is a copy of '%s', of the same process: it counts once",
		    gathering->files[copy].label, gathering->files[original].label);
}

/* Whether the trace is to be added to the run. */
static bool is_original(struct gathering *gathering, const struct reader *reader, size_t number)
{
	size_t other;

	if (!gathering->copies)
		return true;
	switch (copies_note(gathering->copies, reader, number, &other)) {
	case COPIES_EARLIER:
		pass_over_copy(gathering, number, other);
		return false;
	case COPIES_FURTHER:
		pass_over_copy(gathering, other, number);
		gathering->again = true;
		break;
	case COPIES_FIRST:
		break;
	}
	return true;
}

/* The entry of the trace that is read as the `number`th. */
static struct trace_file *file_of(struct gathering *gathering, size_t number,
				  const char *packed, const char *name)
{
	if (number == gathering->file_count) {
		gathering->files =
			memory_grown(gathering->files, number + 1, sizeof *gathering->files);
		gathering->files[gathering->file_count++] = (struct trace_file){
			.label = packed ? find_label(packed, name) : memory_text(name)};
	}
	return &gathering->files[number];
}

static void refuse(struct gathering *gathering, const char *label, const char *why)
{
	/* When files are read a second time, their errors have been reported already. */
	if (gathering->copies)
		say("cannot read '%s': %s", label, why);
	gathering->gathered.unreadable = true;
}

static void take(struct gathering *gathering, size_t number, const struct reader *reader,
		 bool good)
{
	struct trace_file *file = &gathering->files[number];

	if (!good) {
		refuse(gathering, file->label, reader->faults[0].what);
		file->passed_over = true;
	} else if (is_original(gathering, reader, number)) {
		build_trace(gathering->run, file->label, reader);
	}
}

static void read_file(struct gathering *gathering, const char *path, size_t number)
{
	struct reader reader;

	if (file_of(gathering, number, NULL, path)->passed_over)
		return;
	take(gathering, number, &reader, reader_open(&reader, path, READER_COUNTERS));
	reader_close(&reader);
}

static void read_member(struct gathering *gathering, const struct found *found,
			struct unpack_member *member, size_t number)
{
	struct reader reader;

	if (file_of(gathering, number, found->path, member->name)->passed_over) {
		free(member->bytes);
		return;
	}
	bool good = unpack_take(&reader, member);

	reader.depth = READER_COUNTERS;
	take(gathering, number, &reader, good);
	reader_close(&reader);
}

static void refuse_member(struct gathering *gathering, const struct found *found,
			  const struct unpack_member *member)
{
	char *label =
		member->name ? find_label(found->path, member->name) : memory_text(found->path);

	refuse(gathering, label, member->why);
	free(label);
}

static bool is_meant(const struct found *found, const struct unpack_member *member)
{
	return !found->member || !member->name || !strcmp(found->member, member->name);
}

/* Reads the members of a pack that the operand names; returns the number of the trace behind
 * them. */
static size_t read_members(struct gathering *gathering, const struct found *found,
			   struct unpack *unpack, size_t number)
{
	struct unpack_member member;
	enum unpack_answer answer;
	size_t first = number;
	bool refused = false;

	while ((answer = unpack_next(unpack, &member)) != UNPACK_END)
		if (!is_meant(found, &member)) {
			free(member.bytes);
		} else if (answer == UNPACK_TRACE) {
			progress_show(PROGRESS, number, 0);
			read_member(gathering, found, &member, number++);
		} else {
			refuse_member(gathering, found, &member);
			refused = true;
		}
	member.name = found->member;
	member.why = found->member ? "there is no such trace in it" : "it holds no trace";
	if (number == first && !refused)
		refuse_member(gathering, found, &member);
	return number;
}

static size_t read_packed(struct gathering *gathering, const struct found *found, size_t number)
{
	const char *why;
	struct unpack *unpack = unpack_begin(found->path, &why);

	if (!unpack) {
		refuse(gathering, found->path, why);
		return number;
	}
	number = read_members(gathering, found, unpack, number);
	unpack_end(unpack);
	return number;
}

static void read_files(struct gathering *gathering)
{
	size_t number = 0;

	for (size_t i = 0; i < gathering->finds.count; i++) {
		const struct found *found = &gathering->finds.items[i];

		if (found->packed) {
			number = read_packed(gathering, found, number);
		} else {
			progress_show(PROGRESS, i, gathering->finds.count);
			read_file(gathering, found->path, number++);
		}
	}
	progress_end();
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
		free(gathering.files[i].label);
	free(gathering.files);
	find_free(&gathering.finds);
	return gathering.gathered;
}
