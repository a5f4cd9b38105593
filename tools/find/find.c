/* SPDX-License-Identifier: Apache-2.0 */
/*
 * find.c - see find.h.
 */
#include "find/find.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "memory/memory.h"
#include "pack/pack.h"
#include "pack/unpack.h"
#include "program/traced.h"

static void add(struct finds *finds, char *path, bool packed, char *member)
{
	finds->items = memory_grown(finds->items, finds->count + 1, sizeof *finds->items);
	finds->items[finds->count++] =
		(struct found){.path = path, .packed = packed, .member = member};
}

static bool ends_with(const char *name, const char *suffix)
{
	size_t length = strlen(name), ending = strlen(suffix);

	return length > ending && !strcmp(name + length - ending, suffix);
}

static int is_trace(const struct dirent *entry)
{
	return ends_with(entry->d_name, TRACE_SUFFIX);
}

static int is_either(const struct dirent *entry)
{
	return is_trace(entry) || ends_with(entry->d_name, PACK_SUFFIX);
}

static char *joined(const char *first, char between, const char *second)
{
	size_t bytes = strlen(first) + strlen(second) + 2;
	char *text = memory_take(bytes);

	snprintf(text, bytes, "%s%c%s", first, between, second);
	return text;
}

char *find_label(const char *packed, const char *member)
{
	return joined(packed, ':', member);
}

static enum find_answer add_directory(struct finds *finds, const char *path, bool packed,
				      char *why)
{
	struct dirent **entries;
	int count = scandir(path, &entries, packed ? is_either : is_trace, alphasort);

	if (count < 0) {
		snprintf(why, FIND_WHY_BYTES, "%s", strerror(errno));
		return FIND_UNREADABLE;
	}
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		add(finds, joined(path, '/', name), !is_trace(entries[i]), NULL);
		free(entries[i]);
	}
	free(entries);
	return count > 0 ? FIND_GOOD : FIND_EMPTY;
}

/* The begin of NAME in "PACKED:NAME"; NULL: the operand does not have this form. */
static const char *member_in(const char *operand, char **packed)
{
	for (const char *at = strchr(operand, ':'); at; at = strchr(at + 1, ':')) {
		*packed = memory_text(operand);
		(*packed)[at - operand] = '\0';
		if (unpack_is_packed(*packed))
			return at + 1;
		free(*packed);
	}
	return NULL;
}

/* The pid in an operand of only digits; 0: it is not one. */
static pid_t pid_of(const char *operand)
{
	char *end;
	long pid = strtol(operand, &end, 10);

	return *operand >= '0' && *operand <= '9' && !*end && pid <= INT_MAX ? (pid_t)pid : 0;
}

static enum find_answer add_process(struct finds *finds, pid_t pid, char *why)
{
	char path[PATH_MAX];
	const char *cannot;

	if (traced_find(pid, path, sizeof path, &cannot)) {
		add(finds, memory_text(path), false, NULL);
		return FIND_GOOD;
	}
	snprintf(why, FIND_WHY_BYTES, "%s", cannot);
	return FIND_UNREADABLE;
}

enum find_answer find_add(struct finds *finds, const char *operand, bool packed, char *why)
{
	struct stat about;
	bool exists = stat(operand, &about) == 0;
	char *of;

	if (exists && S_ISDIR(about.st_mode))
		return add_directory(finds, operand, packed, why);
	if (!exists && pid_of(operand))
		return add_process(finds, pid_of(operand), why);
	const char *member = exists ? NULL : member_in(operand, &of);

	if (member)
		add(finds, of, true, memory_text(member));
	else
		add(finds, memory_text(operand), exists && unpack_is_packed(operand), NULL);
	return FIND_GOOD;
}

void find_free(struct finds *finds)
{
	for (size_t i = 0; i < finds->count; i++) {
		free(finds->items[i].path);
		free(finds->items[i].member);
	}
	free(finds->items);
	*finds = (struct finds){0};
}

/* Finds the member of that name with its bytes; without a name, the last member. Returns how
 * many members match. */
static size_t search(struct unpack *unpack, const char *name, struct unpack_member *member,
		     char *why)
{
	struct unpack_member next;
	enum unpack_answer answer;
	size_t count = 0;

	while ((answer = unpack_next(unpack, &next)) != UNPACK_END) {
		bool meant = !name || (next.name && !strcmp(next.name, name));

		if (answer == UNPACK_REFUSED && (meant || !next.name))
			snprintf(why, FIND_WHY_BYTES, "%s", next.why);
		if (answer != UNPACK_TRACE)
			continue;
		if (!meant) {
			free(next.bytes);
			continue;
		}
		free(member->bytes);
		*member = next;
		count++;
	}
	return count;
}

static bool open_packed(struct reader *reader, const struct found *found,
			enum reader_depth depth, char *why)
{
	const char *cannot;
	struct unpack_member member = {0};
	struct unpack *unpack = unpack_begin(found->path, &cannot);

	if (!unpack) {
		snprintf(why, FIND_WHY_BYTES, "%s", cannot);
		return false;
	}
	size_t count = search(unpack, found->member, &member, why);
	bool good =
		(count == 1 || (count > 1 && found->member)) && unpack_take(reader, &member);

	reader->depth = depth;
	if (count > 1 && !found->member)
		snprintf(why, FIND_WHY_BYTES,
			 "it holds %zu traces: name one, as '%s:%s' names the last", count,
			 found->path, member.name);
	else if (count == 0 && !*why)
		snprintf(why, FIND_WHY_BYTES, "there is no such trace in it");
	else if (count > 0 && !good)
		snprintf(why, FIND_WHY_BYTES, "%s", reader->faults[0].what);
	free(member.bytes);
	unpack_end(unpack);
	return good;
}

static bool open_found(struct reader *reader, const struct found *found,
		       enum reader_depth depth, char *why)
{
	if (found->packed)
		return open_packed(reader, found, depth, why);
	if (reader_open(reader, found->path, depth))
		return true;
	snprintf(why, FIND_WHY_BYTES, "%s", reader->faults[0].what);
	return false;
}

bool find_open(struct reader *reader, const char *operand, enum reader_depth depth, char *why)
{
	struct stat about;
	struct finds finds = {0};

	*reader = (struct reader){0};
	*why = '\0';
	/* A directory is not a trace, and this function does not look for traces in it. */
	if (stat(operand, &about) == 0 && S_ISDIR(about.st_mode))
		return reader_open(reader, operand, depth) ||
		       (snprintf(why, FIND_WHY_BYTES, "%s", reader->faults[0].what), false);
	bool good = find_add(&finds, operand, true, why) == FIND_GOOD &&
		    open_found(reader, &finds.items[0], depth, why);

	find_free(&finds);
	return good;
}

/* ---- many traces, in order ---- */

static void walk_begin(struct find_walk *walk, const char *packed)
{
	const char *why;

	find_walk_end(walk);
	walk->unpack = unpack_begin(packed, &why);
	walk->packed = walk->unpack ? memory_text(packed) : NULL;
}

/* Moves to the next member of that name, from where the walk is. */
static bool walk_to(struct find_walk *walk, const char *name, struct unpack_member *member)
{
	enum unpack_answer answer;

	while ((answer = unpack_next(walk->unpack, member)) != UNPACK_END) {
		if (answer != UNPACK_TRACE)
			continue;
		if (member->name && !strcmp(member->name, name))
			return true;
		free(member->bytes);
	}
	return false;
}

/* At the end it starts again: the member may be before the walk's position. */
static bool walk_find(struct find_walk *walk, const char *packed, const char *name,
		      struct unpack_member *member)
{
	bool goes_on = walk->packed && !strcmp(walk->packed, packed);

	if (goes_on && walk_to(walk, name, member))
		return true;
	walk_begin(walk, packed);
	return walk->unpack && walk_to(walk, name, member);
}

bool find_walk_open(struct find_walk *walk, struct reader *reader, const char *operand,
		    enum reader_depth depth)
{
	struct stat about;
	struct unpack_member member = {0};
	char *packed;
	const char *name = stat(operand, &about) == 0 ? NULL : member_in(operand, &packed);

	*reader = (struct reader){0};
	if (!name)
		return reader_open(reader, operand, depth);
	bool good = walk_find(walk, packed, name, &member) && unpack_take(reader, &member);

	reader->depth = depth;
	free(member.bytes);
	free(packed);
	return good;
}

void find_walk_end(struct find_walk *walk)
{
	if (walk->unpack)
		unpack_end(walk->unpack);
	free(walk->packed);
	*walk = (struct find_walk){0};
}
