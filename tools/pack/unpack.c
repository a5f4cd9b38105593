/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unpack.c - see unpack.h.
 */
#include "pack/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/regular.h"
#include "pack/pack.h"
#include "pack/unfold.h"

#define GIVE_BYTES ((size_t)64 << 10)
/* The most that a header may take, with what pax and the map of a sparse file add to it. */
#define HEADER_BYTES ((int64_t)2 << 20)
#define RECORD_BYTES 512
#define NAME_BYTES 512
/* After damage every place with the magic number of a frame is tried. In other data it occurs
 * by chance once in 4 GiB; a hostile file may be full of it. */
#define TRIED_MOST 4096

struct unpack {
	int fd;
	struct unfold *unfold;
	struct archive *archive; /* NULL: none is open */
	int64_t budget;		 /* bytes that libarchive may read until it returns */
	const char *stopped;	 /* why reading was stopped; NULL: it was not */
	const uint8_t *pending;	 /* to be read first: another archive begins there */
	long pending_bytes;
	bool ended; /* libarchive was told that the file has ended */
	bool over;
	char name[NAME_BYTES]; /* of the present member, or of the last one */
	char why[NAME_BYTES + 300];
};

bool unpack_is_packed(const char *path)
{
	char magic[UNFOLD_MAGIC_BYTES];
	struct stat about;
	int fd = regular_open(path, O_RDONLY, &about);
	bool is = fd >= 0 && regular_read(fd, magic, sizeof magic, 0) == sizeof magic &&
		  !memcmp(magic, UNFOLD_MAGIC, sizeof magic);

	if (fd >= 0)
		close(fd);
	return is;
}

struct unpack *unpack_begin(const char *path, const char **why)
{
	struct stat about;
	struct unpack *unpack = calloc(1, sizeof *unpack);

	*why = "out of memory";
	if (!unpack)
		return NULL;
	unpack->fd = regular_open(path, O_RDONLY, &about);
	if (unpack->fd < 0)
		*why = regular_is(errno) ? regular_is(errno) : strerror(errno);
	else
		unpack->unfold = unfold_begin(unpack->fd);
	if (unpack->unfold)
		return unpack;
	unpack_end(unpack);
	return NULL;
}

void unpack_end(struct unpack *unpack)
{
	if (unpack->archive)
		archive_read_free(unpack->archive);
	if (unpack->unfold)
		unfold_end(unpack->unfold);
	if (unpack->fd >= 0)
		close(unpack->fd);
	free(unpack);
}

/* The read callback of libarchive. It is limited, because the map of a sparse file, or a
 * header, may be endless. */
static la_ssize_t give(struct archive *archive, void *to, const void **bytes)
{
	struct unpack *unpack = to;
	const uint8_t *next = unpack->pending;
	long count = unpack->pending_bytes;

	unpack->pending_bytes = 0;
	if (count == 0 && unpack->budget > 0)
		count = unfold_next(unpack->unfold, GIVE_BYTES, &next);
	unpack->ended = count == 0;
	*bytes = next;
	if (unpack->budget <= 0 || count < 0) {
		unpack->stopped = count < 0 ? unfold_why(unpack->unfold)
					    : "it goes on for longer than a trace can";
		archive_set_error(archive, EIO, "%s", unpack->stopped);
		return -1;
	}
	unpack->budget -= count;
	return count;
}

/* Only tar is enabled: each further format would be one more parser for untrusted bytes. */
static bool begin(struct unpack *unpack)
{
	struct archive *archive = archive_read_new();

	unpack->archive = archive;
	unpack->budget = HEADER_BYTES;
	unpack->stopped = NULL;
	return archive && archive_read_support_format_tar(archive) == ARCHIVE_OK &&
	       archive_read_open(archive, unpack, NULL, give, NULL) == ARCHIVE_OK;
}

static void give_up_archive(struct unpack *unpack)
{
	archive_read_free(unpack->archive);
	unpack->archive = NULL;
	unpack->pending_bytes = 0;
}

/* Begins another archive behind the end of one and the zeros that fill its last record: the
 * file may have been made with `cat`. False: the file is at its end, or damaged. */
static bool begin_another(struct unpack *unpack)
{
	static const uint8_t zeros[RECORD_BYTES];

	give_up_archive(unpack);
	do
		unpack->pending_bytes =
			unfold_next(unpack->unfold, RECORD_BYTES, &unpack->pending);
	while (unpack->pending_bytes > 0 &&
	       !memcmp(unpack->pending, zeros, (size_t)unpack->pending_bytes));
	return unpack->pending_bytes > 0 && begin(unpack);
}

/* Our reason comes before libarchive's, which from 3.8.10 on calls the archive truncated where
 * we stop. */
static const char *archive_why(const struct unpack *unpack)
{
	if (unpack->stopped)
		return unpack->stopped;
	const char *why = unpack->archive ? archive_error_string(unpack->archive)
					  : unfold_why(unpack->unfold);

	return why ? why : "out of memory";
}

/* Finds the next frame in which an archive begins. */
static void go_on_behind_damage(struct unpack *unpack)
{
	give_up_archive(unpack);
	for (int tried = 0; tried < TRIED_MOST && unfold_next_frame(unpack->unfold); tried++) {
		if (begin(unpack))
			return;
		give_up_archive(unpack);
	}
	unpack->over = true;
}

static enum unpack_answer refuse(struct unpack_member *member, const char *why)
{
	member->why = why;
	return UNPACK_REFUSED;
}

/* Reports damage of the file when no member is known. */
static enum unpack_answer damaged(struct unpack *unpack, struct unpack_member *member)
{
	if (unpack->name[0])
		snprintf(unpack->why, sizeof unpack->why, "behind '%s': %s", unpack->name,
			 archive_why(unpack));
	else
		snprintf(unpack->why, sizeof unpack->why, "%s", archive_why(unpack));
	go_on_behind_damage(unpack);
	return refuse(member, unpack->why);
}

static enum unpack_answer member_damaged(struct unpack *unpack, struct unpack_member *member,
					 const char *why)
{
	snprintf(unpack->why, sizeof unpack->why, "%s", why);
	go_on_behind_damage(unpack);
	return refuse(member, unpack->why);
}

static bool leads_elsewhere(const char *name)
{
	for (const char *at = name; at; at = strchr(at, '/')) {
		at += *at == '/';
		if (!strncmp(at, "..", 2) && (!at[2] || at[2] == '/'))
			return true;
	}
	return *name == '/';
}

static const char *name_of(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);

	return name ? name : archive_entry_pathname_utf8(entry);
}

/* The reason why the member is no trace; NULL: it may be one. */
static const char *refusal(struct archive_entry *entry)
{
	if (leads_elsewhere(name_of(entry)))
		return "its name leads out of the file's folder";
	if (archive_entry_hardlink(entry) || archive_entry_symlink(entry))
		return "it is a link, and no file of its own";
	if (archive_entry_filetype(entry) != AE_IFREG)
		return "it is not a regular file";
	return NULL;
}

static bool is_passed_over(struct archive_entry *entry)
{
	const char *name = name_of(entry);
	size_t length = name ? strlen(name) : 0, suffix = strlen(TRACE_SUFFIX);

	return archive_entry_filetype(entry) == AE_IFDIR || length <= suffix ||
	       strcmp(name + length - suffix, TRACE_SUFFIX) != 0;
}

/* Copies the member's blocks to their offsets; the bytes between them are zeros. */
static int copy_blocks(struct unpack *unpack, struct unpack_member *member)
{
	const void *block;
	size_t bytes;
	la_int64_t at;
	int answer;

	while ((answer = archive_read_data_block(unpack->archive, &block, &bytes, &at)) >=
		       ARCHIVE_WARN &&
	       answer != ARCHIVE_EOF) {
		if (at < 0 || (uint64_t)at > member->size ||
		    bytes > member->size - (size_t)at) {
			archive_set_error(unpack->archive, EIO,
					  "it has more bytes than it says");
			return ARCHIVE_FATAL;
		}
		if (bytes > 0)
			memcpy(member->bytes + at, block, bytes);
	}
	return answer;
}

static enum unpack_answer read_member(struct unpack *unpack, struct unpack_member *member,
				      la_int64_t size)
{
	if (size < 0 || size > READER_BYTES_MAX) {
		char why[120];

		snprintf(why, sizeof why, "it is not a trace: %jd bytes is far too much",
			 (intmax_t)size);
		return member_damaged(unpack, member, why);
	}
	member->size = (size_t)size;
	member->bytes = calloc(1, member->size + 1);
	if (!member->bytes)
		return refuse(member, "out of memory");
	unpack->budget = size + HEADER_BYTES;
	if (copy_blocks(unpack, member) == ARCHIVE_EOF)
		return UNPACK_TRACE;
	free(member->bytes);
	member->bytes = NULL;
	return member_damaged(unpack, member, archive_why(unpack));
}

static void name_member(struct unpack *unpack, struct unpack_member *member,
			struct archive_entry *entry)
{
	const char *name = name_of(entry);
	size_t running = strlen(PACK_RUNNING);

	member->running = !strncmp(name, PACK_RUNNING, running);
	snprintf(unpack->name, sizeof unpack->name, "%s",
		 name + (member->running ? running : 0));
	member->name = unpack->name;
	member->mtime_s = archive_entry_mtime(entry);
}

/* An archive ends with two records of zeros; if there are none, it was cut off between two
 * frames. */
static enum unpack_answer file_ended(struct unpack *unpack, struct unpack_member *member)
{
	if (!unpack->ended && (unpack->archive || unfold_why(unpack->unfold)))
		return damaged(unpack, member);
	unpack->over = true;
	return unpack->ended
		       ? refuse(member, "it is cut off: the end of the archive is missing")
		       : UNPACK_END;
}

static enum unpack_answer take_member(struct unpack *unpack, struct unpack_member *member,
				      struct archive_entry *entry)
{
	name_member(unpack, member, entry);
	const char *why = refusal(entry);

	return why ? refuse(member, why)
		   : read_member(unpack, member, archive_entry_size(entry));
}

enum unpack_answer unpack_next(struct unpack *unpack, struct unpack_member *member)
{
	struct archive_entry *entry;

	*member = (struct unpack_member){0};
	if (!unpack->over && !unpack->archive && !begin(unpack))
		return damaged(unpack, member);
	while (!unpack->over) {
		unpack->budget = HEADER_BYTES + READER_BYTES_MAX; /* of a skipped member */
		int answer = archive_read_next_header(unpack->archive, &entry);

		if (answer == ARCHIVE_EOF) {
			if (unpack->ended || !begin_another(unpack))
				return file_ended(unpack, member);
		} else if (answer < ARCHIVE_WARN) {
			return damaged(unpack, member);
		} else if (!is_passed_over(entry)) {
			return take_member(unpack, member, entry);
		}
	}
	return UNPACK_END;
}

bool unpack_take(struct reader *reader, struct unpack_member *member)
{
	bool good = reader_take(reader, member->bytes, member->size);

	member->bytes = NULL;
	reader->packed = true;
	reader->alive = good && member->running;
	return good;
}
