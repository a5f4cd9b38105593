/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packing.c - see packing.h.
 */
#include "keep/packing.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/regular.h"
#include "file/whole_file.h"
#include "find/find.h"
#include "keep/ended.h"
#include "keep/removal.h"
#include "memory/memory.h"
#include "pack/pack.h"
#include "pack/unpack.h"
#include "say/say.h"

static void cannot_read(struct packing *packing, const char *path, const char *why)
{
	say("cannot read '%s': %s", path, why);
	packing->unreadable = true;
}

#define PACKED_MODE 0400 /* the mode of the traces in it */

/* ---- which traces ---- */

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void add(struct packing *packing, const char *path)
{
	struct packing_item item = {.path = memory_text(path),
				    .name = memory_text(base_of(path))};

	packing->items =
		memory_grown(packing->items, packing->count + 1, sizeof *packing->items);
	packing->items[packing->count++] = item;
}

static void add_found(struct packing *packing, const struct found *found)
{
	if (!found->packed) {
		add(packing, found->path);
		return;
	}
	say("'%s' is packed already", found->path);
	packing->unreadable = true;
}

static int by_name(const void *a, const void *b)
{
	const struct packing_item *first = a, *second = b;
	int order = strcmp(first->name, second->name);

	return order ? order : strcmp(first->path, second->path);
}

/* With several directories: the second and further traces of one name go into folders "2",
 * "3". */
static void tell_apart(struct packing *packing)
{
	size_t same = 1;

	for (size_t i = 1; i < packing->count; i++) {
		struct packing_item *item = &packing->items[i];
		const char *name = base_of(item->path);

		same = strcmp(name, base_of(item[-1].path)) ? 1 : same + 1;
		if (same > 1) {
			free(item->name);
			if (asprintf(&item->name, "%zu/%s", same, name) < 0)
				say_out_of_memory();
		}
	}
	qsort(packing->items, packing->count, sizeof *packing->items, by_name);
}

static void drop_repeated(struct packing *packing)
{
	size_t kept = 0;

	for (size_t i = 0; i < packing->count; i++) {
		struct packing_item *item = &packing->items[i];

		if (kept > 0 && !strcmp(item->path, packing->items[kept - 1].path)) {
			free(item->path);
			free(item->name);
		} else {
			packing->items[kept++] = *item;
		}
	}
	packing->count = kept;
}

void packing_take(struct packing *packing, const char *const *operands, size_t count)
{
	struct finds finds = {0};
	char why[FIND_WHY_BYTES];

	*packing = (struct packing){0};
	for (size_t i = 0; i < count; i++)
		if (find_add(&finds, operands[i], false, why) == FIND_UNREADABLE)
			cannot_read(packing, operands[i], why);
	for (size_t i = 0; i < finds.count; i++)
		add_found(packing, &finds.items[i]);
	packing->empty = finds.count == 0;
	find_free(&finds);
	if (packing->count == 0)
		return;
	qsort(packing->items, packing->count, sizeof *packing->items, by_name);
	drop_repeated(packing);
	tell_apart(packing);
}

void packing_free(struct packing *packing)
{
	for (size_t i = 0; i < packing->count; i++) {
		free(packing->items[i].path);
		free(packing->items[i].name);
	}
	free(packing->items);
	*packing = (struct packing){0};
}

/* ---- writing the file ---- */

/* False: the packed file could not be written. */
static bool pack_trace(struct packing *packing, struct packing_item *item, struct pack *pack,
		       const struct reader *reader, bool live)
{
	enum liveness alive = ended_liveness(reader);

	item->running = alive != LIVENESS_GONE;
	if (item->running && !live) {
		packing->left_running++;
		return true;
	}
	item->packed = pack_add(pack, item->name, alive == LIVENESS_RUNNING,
				item->about.st_mtim.tv_sec, reader->bytes, reader->size);
	return item->packed;
}

/* False: the packed file could not be written. */
static bool pack_item(struct packing *packing, struct packing_item *item, struct pack *pack,
		      bool live)
{
	struct reader reader;
	bool written = true;

	if (lstat(item->path, &item->about) != 0) {
		cannot_read(packing, item->path, strerror(errno));
		return true;
	}
	if (reader_open(&reader, item->path, READER_EVENTS))
		written = pack_trace(packing, item, pack, &reader, live);
	else
		cannot_read(packing, item->path, reader.faults[0].what);
	reader_close(&reader);
	return written;
}

static bool has_any_name(const struct packing *packing)
{
	for (size_t i = 0; i < packing->count; i++)
		for (const char *at = packing->items[i].name; *at; at++)
			if ((unsigned char)*at >= 0x80)
				return true;
	return false;
}

static bool pack_items(struct packing *packing, FILE *out, bool live, char *why,
		       size_t why_bytes)
{
	struct pack *pack = pack_begin(out, has_any_name(packing));
	bool good = pack != NULL;

	if (!pack)
		say_out_of_memory();
	for (size_t i = 0; good && i < packing->count; i++) {
		struct packing_item *item = &packing->items[i];

		good = pack_item(packing, item, pack, live);
		packing->packed += item->packed;
		if (item->packed)
			packing->disk_bytes += (uint64_t)item->about.st_blocks * 512;
	}
	good = good && pack_end(pack);
	snprintf(why, why_bytes, "%s", pack_why(pack));
	pack_free(pack);
	if (good && (fflush(out) != 0 || fsync(fileno(out)) != 0)) {
		snprintf(why, why_bytes, "%s", strerror(errno));
		good = false;
	}
	return good;
}

/* The name itself is on disk only when the folder has been synced. */
static bool sync_folder(const char *path)
{
	char *copy = memory_text(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool synced = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);

	if (fd >= 0)
		close(fd);
	free(copy);
	return synced;
}

/* ---- reading it back ---- */

/* Checks that the file there now is still the one that was read. */
static bool equals_file(const struct packing_item *item, const struct unpack_member *member)
{
	struct stat about;
	int fd = regular_open(item->path, O_RDONLY, &about);

	if (fd < 0)
		return false;
	uint8_t *bytes = memory_take(member->size + 1);
	bool same = regular_read(fd, bytes, member->size + 1, 0) == member->size &&
		    !memcmp(bytes, member->bytes, member->size);

	free(bytes);
	close(fd);
	return same;
}

static struct packing_item *next_packed(struct packing *packing, struct packing_item *item)
{
	struct packing_item *end = packing->items + packing->count;

	for (item = item ? item + 1 : packing->items; item < end; item++)
		if (item->packed)
			return item;
	return NULL;
}

/* Whether the packed file has all of them, in their order, and no others. */
static bool read_back(struct packing *packing, struct unpack *unpack, const char **why)
{
	struct packing_item *item = next_packed(packing, NULL);
	struct unpack_member member;
	enum unpack_answer answer;

	*why = "it does not hold what was written";
	for (; (answer = unpack_next(unpack, &member)) == UNPACK_TRACE;
	     item = next_packed(packing, item)) {
		if (item && !strcmp(item->name, member.name))
			item->same = !item->running && equals_file(item, &member);
		free(member.bytes);
		if (!item || strcmp(item->name, member.name) != 0)
			return false;
	}
	if (answer == UNPACK_REFUSED)
		*why = member.why;
	return answer == UNPACK_END && !item;
}

static bool verify(struct packing *packing, const char *path)
{
	const char *why;
	struct unpack *unpack = unpack_begin(path, &why);
	struct stat about;
	bool good = unpack && read_back(packing, unpack, &why);

	if (!good)
		say("cannot read '%s' back: %s", path, why);
	if (unpack)
		unpack_end(unpack);
	if (good && stat(path, &about) == 0)
		packing->packed_bytes = (uint64_t)about.st_size;
	return good;
}

/* An existing packed file must not be overwritten: the traces in it may have been removed when
 * it was made. */
static bool open_new(struct whole_file *file, const char *path, FILE **out)
{
	struct stat about;

	if (lstat(path, &about) == 0) {
		errno = EEXIST;
		return false;
	}
	if (!whole_file_open(file, path, out))
		return false;
	/* Set before the file has anything that others could read. */
	if (fchmod(fileno(*out), PACKED_MODE) == 0)
		return true;
	whole_file_drop(file, *out);
	return false;
}

static bool cannot_write(const char *path, const char *why)
{
	say("cannot write '%s': %s", path, why);
	return false;
}

bool packing_write(struct packing *packing, const char *path, bool live)
{
	struct whole_file file;
	FILE *out;
	char why[256];

	if (!open_new(&file, path, &out))
		return cannot_write(path, strerror(errno));
	bool good = pack_items(packing, out, live, why, sizeof why);

	if (!good || packing->packed == 0) {
		whole_file_drop(&file, out);
		return good || cannot_write(path, why);
	}
	/* Another `pack` may have made a file of that name in the meantime, and may remove the
	 * traces that it packed. */
	if (!whole_file_keep_new(&file, out) || !sync_folder(path))
		return cannot_write(path, strerror(errno));
	return verify(packing, path);
}

void packing_remove(struct packing *packing)
{
	const char *why;

	for (size_t i = 0; i < packing->count; i++) {
		const struct packing_item *item = &packing->items[i];

		if (!item->packed || item->running)
			continue;
		if (!item->same) {
			say("'%s' stays: it was written to while it was packed", item->path);
		} else if (removal_of(item->path, &item->about, &why)) {
			packing->removed++;
			packing->freed_bytes += (uint64_t)item->about.st_blocks * 512;
		} else {
			say("'%s' stays: %s", item->path, why);
		}
	}
}
