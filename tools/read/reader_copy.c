/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader_copy.c - see reader_copy.h.
 */
#include "read/reader_copy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/regular.h"
#include "read/fault.h"

/*
 * Buffers are used again. A trace is mostly unused space that reads as zeros:
 * such pages are never touched, and of a buffer that is used again only the
 * bytes that were written are cleared. For thousands of traces that saves most
 * of the time for reading. There are two, because a running process's trace is
 * read twice; all traces of a run are read by one thread.
 */
#define EXTENTS 64

static struct buffer {
	uint8_t *bytes; /* NULL: not allocated yet */
	size_t room;
	bool taken;
	size_t extents; /* above EXTENTS: any byte may have been written */
	struct {
		size_t from, to;
	} extent[EXTENTS];
} buffers[2];

static struct buffer *buffer_take(size_t room)
{
	for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) {
		struct buffer *buffer = &buffers[i];

		if (buffer->taken)
			continue;
		if (buffer->room < room) {
			free(buffer->bytes);
			buffer->bytes = calloc(1, room);
			buffer->room = buffer->bytes ? room : 0;
		}
		buffer->taken = buffer->bytes != NULL;
		buffer->extents = 0;
		return buffer->bytes ? buffer : NULL;
	}
	return NULL;
}

static void buffer_written(struct buffer *buffer, size_t from, size_t to)
{
	if (buffer->extents < EXTENTS) {
		buffer->extent[buffer->extents].from = from;
		buffer->extent[buffer->extents].to = to;
	}
	buffer->extents++;
}

static void buffer_give(struct buffer *buffer)
{
	buffer->taken = false;
	if (buffer->extents > EXTENTS)
		memset(buffer->bytes, 0, buffer->room);
	for (size_t i = 0; i < buffer->extents && buffer->extents <= EXTENTS; i++)
		memset(buffer->bytes + buffer->extent[i].from, 0,
		       buffer->extent[i].to - buffer->extent[i].from);
}

void reader_copy_free(uint8_t *bytes)
{
	for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
		if (bytes && buffers[i].taken && buffers[i].bytes == bytes) {
			buffer_give(&buffers[i]);
			return;
		}
	free(bytes);
}

/* Copies the bytes [from, to) of the file to the same place of the copy. */
static bool copy_range(int fd, struct buffer *buffer, size_t from, size_t to)
{
	uint8_t *bytes = buffer->bytes;

	buffer_written(buffer, from, to);
	return regular_read(fd, bytes + from, to - from, (off_t)from) == to - from;
}

/*
 * The same for a range that is mostly unwritten: holes, or allocated but
 * unwritten blocks, which the file system also reports as holes. They become
 * zeros without being read.
 */
static bool copy_data(int fd, struct buffer *buffer, size_t from, size_t to)
{
	while (from < to) {
		off_t data = lseek(fd, (off_t)from, SEEK_DATA);
		off_t hole = data < 0 ? -1 : lseek(fd, data, SEEK_HOLE);

		if (data < 0 && errno == ENXIO)
			return true;
		if (data < 0 || hole <= data)
			return copy_range(fd, buffer, from, to);
		size_t end = (size_t)hole < to ? (size_t)hole : to;
		if ((size_t)data < end && !copy_range(fd, buffer, (size_t)data, end))
			return false;
		from = (size_t)hole;
	}
	return true;
}

/* The header and the section table of a trace are in its first page. */
#define HEAD_BYTES 4096

/* How many rows of a section to copy. A ring must be copied whole: when it is full, it is
 * written from its begin again. */
static uint32_t rows_of(const struct trace_section *section, enum reader_depth depth)
{
	if (section->kind == SECTION_RING)
		return depth == READER_EVENTS ? section->rows : 0;
	return section->used < section->rows ? section->used : section->rows;
}

/*
 * Copies only the used rows of the sections, and rings only if events are
 * wanted: most of a trace is unused, and a report may read thousands of them.
 * False if the section table is not valid: then the whole file is copied and
 * checked. The parts that are not copied are never accessed: rows end at
 * `used`, and unwritten parts of a ring read as zeros.
 */
static bool copy_used(int fd, struct buffer *buffer, size_t size, enum reader_depth depth)
{
	const uint8_t *bytes = buffer->bytes;
	const struct trace_header *header = (const void *)bytes;

	if (size < HEAD_BYTES || !copy_range(fd, buffer, 0, HEAD_BYTES))
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
		uint64_t length = (uint64_t)rows_of(&section, depth) * section.row_bytes;
		if (length == 0)
			continue;
		if (section.offset < HEAD_BYTES && section.offset + length > HEAD_BYTES)
			length -= HEAD_BYTES - section.offset, section.offset = HEAD_BYTES;
		if (section.offset > size || length > size - section.offset)
			return false;
		if (section.offset >= HEAD_BYTES &&
		    !copy_data(fd, buffer, section.offset, section.offset + length))
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
	if (about.st_size == 0)
		return READER_REFUSE(reader, 0, "it is empty");
	if (about.st_size > READER_BYTES_MAX)
		return READER_REFUSE(reader, 0, "it is not a trace: %jd bytes is far too much",
				     (intmax_t)about.st_size);
	size_t room = (size_t)about.st_size;
	struct buffer *buffer = buffer_take(room), once = {0};

	if (!buffer) { /* more traces are open than there are buffers, or there is no memory */
		*bytes = calloc(1, room);
		once.bytes = *bytes;
		buffer = &once;
	}
	if (!buffer->bytes)
		return READER_REFUSE(reader, 0, "out of memory");
	*bytes = buffer->bytes;
	if (copy_used(fd, buffer, room, depth)) {
		*size = room;
		return true;
	}
	buffer_written(buffer, 0, room);
	*size = regular_read(fd, *bytes, room, 0);
	if (*size < room && errno)
		return READER_REFUSE(reader, *size, "%s", strerror(errno));
	return true;
}
