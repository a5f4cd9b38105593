/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack.c - see pack.h.
 */
#include "pack/pack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pack/fold.h"
#include "pack/unfold.h"

#define PAGE_BYTES 4096
#define NAME_BYTES 512

struct pack {
	struct archive *archive;
	struct fold *fold;
	char why[200];
};

static la_ssize_t take(struct archive *archive, void *to, const void *bytes, size_t count)
{
	struct pack *pack = to;

	if (fold_add(pack->fold, bytes, count))
		return (la_ssize_t)count;
	archive_set_error(archive, errno, "%s", strerror(errno));
	return -1;
}

/* The archive passes every byte on at once, so that a frame ends where a member does. */
static bool open_archive(struct pack *pack, bool any_name)
{
	struct archive *archive = pack->archive;
	const char *charset = any_name ? "BINARY" : "UTF-8";

	return archive && archive_write_set_format_pax_restricted(archive) == ARCHIVE_OK &&
	       archive_write_set_bytes_per_block(archive, 0) == ARCHIVE_OK &&
	       archive_write_set_option(archive, "pax", "hdrcharset", charset) == ARCHIVE_OK &&
	       archive_write_open(archive, pack, NULL, take, NULL) == ARCHIVE_OK;
}

struct pack *pack_begin(FILE *out, bool any_name)
{
	struct pack *pack = calloc(1, sizeof *pack);

	if (!pack)
		return NULL;
	pack->fold = fold_begin(out);
	pack->archive = archive_write_new();
	if (pack->fold && open_archive(pack, any_name))
		return pack;
	pack_free(pack);
	return NULL;
}

void pack_free(struct pack *pack)
{
	if (pack->archive) {
		/* Prevents libarchive from finishing a member that was begun and not ended. */
		archive_write_fail(pack->archive);
		archive_write_free(pack->archive);
	}
	if (pack->fold)
		fold_end(pack->fold);
	free(pack);
}

const char *pack_why(const struct pack *pack)
{
	return pack->why;
}

static bool fail(struct pack *pack)
{
	const char *why = archive_error_string(pack->archive);

	snprintf(pack->why, sizeof pack->why, "%s", why ? why : strerror(errno));
	return false;
}

static bool is_zero(const uint8_t *bytes, size_t count)
{
	static const uint8_t zeros[PAGE_BYTES];

	return memcmp(bytes, zeros, count) == 0;
}

static size_t page_at(size_t at, size_t size)
{
	return size - at < PAGE_BYTES ? size - at : PAGE_BYTES;
}

/* Marks the pages that are not all zeros. By pages of 4096 bytes, because holes differ between
 * file systems. Returns how many bytes these are. */
static size_t map_data(struct archive_entry *entry, const uint8_t *bytes, size_t size)
{
	size_t data = 0;

	for (size_t at = 0, from; at < size;) {
		while (at < size && is_zero(bytes + at, page_at(at, size)))
			at += page_at(at, size);
		for (from = at; at < size && !is_zero(bytes + at, page_at(at, size));)
			at += page_at(at, size);
		if (at > from)
			archive_entry_sparse_add_entry(entry, (la_int64_t)from,
						       (la_int64_t)(at - from));
		data += at - from;
	}
	return data;
}

static struct archive_entry *entry_of(const char *name, bool running, int64_t mtime_s,
				      size_t size)
{
	struct archive_entry *entry = archive_entry_new();
	char full[NAME_BYTES];

	if (!entry)
		return NULL;
	snprintf(full, sizeof full, "%s%s", running ? PACK_RUNNING : "", name);
	archive_entry_set_pathname(entry, full);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0400);
	archive_entry_set_mtime(entry, mtime_s, 0);
	archive_entry_set_size(entry, (la_int64_t)size);
	return entry;
}

static bool write_entry(struct pack *pack, struct archive_entry *entry, const uint8_t *bytes,
			size_t size)
{
	return archive_write_header(pack->archive, entry) == ARCHIVE_OK &&
	       archive_write_data(pack->archive, bytes, size) == (la_ssize_t)size &&
	       archive_write_finish_entry(pack->archive) == ARCHIVE_OK;
}

bool pack_add(struct pack *pack, const char *name, bool running, int64_t mtime_s,
	      const uint8_t *bytes, size_t size)
{
	struct archive_entry *entry = entry_of(name, running, mtime_s, size);

	if (!entry) {
		errno = ENOMEM;
		return fail(pack);
	}
	size_t data = map_data(entry, bytes, size);
	/* A frame is not larger than the buffer of unfold.h, so that its checksum is verified
	 * before any byte of it is used. */
	bool good = fold_in_frame(pack->fold) + data + PACK_FRAME_BYTES <= UNFOLD_BYTES ||
		    fold_frame(pack->fold);

	good = good && write_entry(pack, entry, bytes, size);
	if (good && fold_in_frame(pack->fold) >= PACK_FRAME_BYTES)
		good = fold_frame(pack->fold);
	archive_entry_free(entry);
	return good || fail(pack);
}

bool pack_end(struct pack *pack)
{
	return (archive_write_close(pack->archive) == ARCHIVE_OK && fold_frame(pack->fold)) ||
	       fail(pack);
}
