/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader_copy.c - see reader_copy.h.
 */
#include "reader_copy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A trace is at most TRACE_BYTES_MAX; a file beyond this is something else. */
#define FILE_BYTES_MAX (64u << 20)

/* Bytes [from, to) of the file to the same place of the copy. */
static bool copy_range(int fd, uint8_t *bytes, size_t from, size_t to)
{
	while (from < to) {
		ssize_t got = pread(fd, bytes + from, to - from, (off_t)from);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		from += (size_t)got;
	}
	return true;
}

/*
 * The same for a range that is mostly room nobody has written to: a hole, or
 * allocated and unwritten, which the file system calls a hole as well. It
 * reads as zeros without being read.
 */
static bool copy_data(int fd, uint8_t *bytes, size_t from, size_t to)
{
	memset(bytes + from, 0, to - from);
	while (from < to) {
		off_t data = lseek(fd, (off_t)from, SEEK_DATA);
		off_t hole = data < 0 ? -1 : lseek(fd, data, SEEK_HOLE);

		if (data < 0 && errno == ENXIO)
			return true;
		if (data < 0 || hole <= data)
			return copy_range(fd, bytes, from, to);
		size_t end = (size_t)hole < to ? (size_t)hole : to;
		if ((size_t)data < end && !copy_range(fd, bytes, (size_t)data, end))
			return false;
		from = (size_t)hole;
	}
	return true;
}

/* The header and the section table of a trace are in its first page. */
#define HEAD_BYTES 4096

/*
 * Copies only what the section table says is in use, and no rings: a trace
 * is mostly room, and thousands of them are read for one report. False when
 * the table cannot be trusted that far: then the whole file is copied, and
 * looked at closely. What is left out is never read: rows end at `used`.
 */
static bool copy_counters(int fd, uint8_t *bytes, size_t size)
{
	const struct trace_header *header = (const void *)bytes;

	if (size < HEAD_BYTES || !copy_range(fd, bytes, 0, HEAD_BYTES))
		return false;
	if (header->sections_at % 8 || header->section_bytes != sizeof(struct trace_section) ||
	    header->section_count > HEAD_BYTES / sizeof(struct trace_section) ||
	    header->sections_at >
		    HEAD_BYTES - header->section_count * sizeof(struct trace_section))
		return false;
	for (uint32_t i = 0; i < header->section_count; i++) {
		struct trace_section section;

		memcpy(&section, bytes + header->sections_at + i * sizeof section,
		       sizeof section);
		uint32_t rows = section.used < section.rows ? section.used : section.rows;
		uint64_t length = (uint64_t)rows * section.row_bytes;
		if (section.kind == SECTION_RING)
			continue;
		if (section.offset < HEAD_BYTES && section.offset + length > HEAD_BYTES)
			length -= HEAD_BYTES - section.offset, section.offset = HEAD_BYTES;
		if (section.offset > size || length > size - section.offset)
			return false;
		if (section.offset >= HEAD_BYTES &&
		    !copy_data(fd, bytes, section.offset, section.offset + length))
			return false;
	}
	return true;
}

bool reader_copy(struct reader *reader, int fd, enum reader_depth depth, uint8_t **bytes,
		 size_t *size)
{
	struct stat about;

	*bytes = NULL;
	*size = 0;
	if (fstat(fd, &about) < 0)
		return READER_REFUSE(reader, 0, "%s", strerror(errno));
	if (S_ISDIR(about.st_mode))
		return READER_REFUSE(reader, 0, "it is a directory");
	if (!S_ISREG(about.st_mode))
		return READER_REFUSE(reader, 0, "it is not a regular file");
	if (about.st_size == 0)
		return READER_REFUSE(reader, 0, "it is empty");
	if (about.st_size > FILE_BYTES_MAX)
		return READER_REFUSE(reader, 0, "it is not a trace: %jd bytes is far too much",
			      (intmax_t)about.st_size);
	size_t room = (size_t)about.st_size;
	*bytes = malloc(room);
	if (!*bytes)
		return READER_REFUSE(reader, 0, "out of memory");
	if (depth == READER_COUNTERS && copy_counters(fd, *bytes, room)) {
		*size = room;
		return true;
	}
	while (*size < room) {
		ssize_t got = pread(fd, *bytes + *size, room - *size, (off_t)*size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return READER_REFUSE(reader, *size, "%s", strerror(errno));
		if (got == 0)
			break;
		*size += (size_t)got;
	}
	return true;
}
