/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.c - reads a trace and checks all of its offsets, counts and lengths.
 *
 * The file is copied before it is checked: its process may be writing to it,
 * and the bytes that are used must be the bytes that were checked. No offset,
 * count or length of the file is used before it was compared with the size of
 * the copy.
 */
#include "read/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/regular.h"
#include "read/fault.h"
#include "read/liveness.h"
#include "read/reader_copy.h"

static bool check_magic(struct reader *reader)
{
	const struct trace_header *header = &reader->header;
	size_t known =
		reader->size < sizeof header->magic ? reader->size : sizeof header->magic;

	/* The magic is stored near the end of the creation: if it is missing, the process
	 * ended while it was making the file. */
	static const char zeros[sizeof header->magic];
	if (reader->size >= sizeof *header && !memcmp(header->magic, zeros, sizeof zeros) &&
	    header->state == TRACE_FORMING)
		return READER_REFUSE(reader, 0,
				     "its process died before the header was written");
	if (memcmp(header->magic, TRACE_MAGIC, known))
		return READER_REFUSE(reader, 0,
				     "it is not a trace: it does not begin with the magic");
	return true;
}

static bool check_header(struct reader *reader)
{
	struct trace_header *header = &reader->header;
	size_t fixed = offsetof(struct trace_header, sections);

	memcpy(header, reader->bytes,
	       reader->size < sizeof *header ? reader->size : sizeof *header);
	if (!check_magic(reader))
		return false;
	if (reader->size < fixed)
		return READER_REFUSE(reader, reader->size, "the header is cut off at byte %zu",
				     reader->size);
	if (header->byte_order != TRACE_BYTE_ORDER &&
	    __builtin_bswap32(header->byte_order) == TRACE_BYTE_ORDER)
		return READER_REFUSE(reader, 12,
				     "it was written by a machine of the other byte order");
	if (header->byte_order != TRACE_BYTE_ORDER)
		return READER_REFUSE(reader, 12, "the header is damaged: byte order 0x%08x",
				     header->byte_order);
	if (header->version > TRACE_VERSION)
		return READER_REFUSE(reader, 8,
				     "it has format version %u, of a newer unflushed; this one "
				     "reads version %u",
				     header->version, TRACE_VERSION);
	if (header->version == 0)
		return READER_REFUSE(reader, 8, "the header is damaged: format version 0");
	if (header->version < TRACE_VERSION)
		return READER_REFUSE(
			reader, 8,
			"it has format version %u, of an older unflushed; this one reads "
			"version %u",
			header->version, TRACE_VERSION);
	if (header->incompatible & ~(uint64_t)TRACE_INCOMPATIBLE_KNOWN)
		return READER_REFUSE(
			reader, offsetof(struct trace_header, incompatible),
			"it needs a newer unflushed (incompatible features 0x%" PRIx64 ")",
			header->incompatible);
	if (header->state == TRACE_FORMING)
		return READER_REFUSE(reader, offsetof(struct trace_header, state),
				     "its process died before the header was complete");
	if (header->state != TRACE_LIVE)
		return READER_REFUSE(reader, offsetof(struct trace_header, state),
				     "the header is damaged: state %u", header->state);
	return true;
}

static bool check_table(struct reader *reader)
{
	const struct trace_header *header = &reader->header;
	size_t count_at = offsetof(struct trace_header, section_count);

	if (header->section_bytes != sizeof(struct trace_section))
		return READER_REFUSE(reader, count_at + 4,
				     "the header is damaged: sections of %u bytes",
				     header->section_bytes);
	if (header->section_count == 0 || header->section_count > 1024)
		return READER_REFUSE(reader, count_at, "the header is damaged: %u sections",
				     header->section_count);
	uint64_t bytes = (uint64_t)header->section_count * sizeof(struct trace_section);
	if (header->header_bytes < offsetof(struct trace_header, sections) ||
	    header->sections_at % 8 ||
	    header->sections_at < offsetof(struct trace_header, sections) ||
	    header->sections_at > header->header_bytes ||
	    bytes > header->header_bytes - header->sections_at)
		return READER_REFUSE(
			reader, offsetof(struct trace_header, sections_at),
			"the header is damaged: its section table lies outside of it");
	if (header->sections_at > reader->size || bytes > reader->size - header->sections_at)
		return READER_REFUSE(reader, reader->size, "the header is cut off at byte %zu",
				     reader->size);
	return true;
}

/* The size of a row of each kind; version 2 has no other sizes. */
static const struct {
	uint32_t row_bytes;
	const char *name;
} kinds[TRACE_SECTIONS + 1] = {
	[SECTION_PROCESS] = {sizeof(struct trace_process), "process"},
	[SECTION_PRODUCER] = {sizeof(struct trace_producer), "producer"},
	[SECTION_TOPIC] = {sizeof(struct trace_topic), "topic"},
	[SECTION_CELL] = {sizeof(struct trace_cell), "cell"},
	[SECTION_SOCKET] = {sizeof(struct trace_socket), "socket"},
	[SECTION_SITE] = {sizeof(struct trace_site), "site"},
	[SECTION_MODULE] = {sizeof(struct trace_module), "module"},
	[SECTION_STRING] = {1, "string"},
	[SECTION_THREAD] = {sizeof(struct trace_thread), "thread"},
	[SECTION_RING] = {sizeof(struct trace_event), "ring"},
	[SECTION_LIBRARY] = {sizeof(struct trace_library), "library"},
	[SECTION_SOCKET_MORE] = {sizeof(struct trace_socket_more), "socket_more"},
	[SECTION_MOMENT] = {sizeof(struct trace_moment), "moment"},
	[SECTION_PRODUCER_MORE] = {sizeof(struct trace_producer_more), "producer_more"},
	[SECTION_PEER] = {sizeof(struct trace_peer), "peer"},
	[SECTION_SOCKET_TOLD] = {sizeof(struct trace_socket_told), "socket_told"},
	[SECTION_LARGE] = {sizeof(struct trace_large), "large"},
	[SECTION_STAGES] = {sizeof(struct trace_stages), "stages"},
};

/* Adds a section to the reader's table, as far as the file contains it. */
static void take_section(struct reader *reader, uint64_t at, struct trace_section section)
{
	const char *name = kinds[section.kind].name;

	if (reader->sections[section.kind].row_bytes) {
		reader_fault(reader, at, "the %s section is there twice", name);
		return;
	}
	if (section.row_bytes != kinds[section.kind].row_bytes) {
		reader_fault(reader, at, "the %s section has rows of %u bytes, not %u", name,
			     section.row_bytes, kinds[section.kind].row_bytes);
		return;
	}
	if (section.offset % 8 || section.offset < reader->header.header_bytes) {
		reader_fault(reader, at, "the %s section begins at a wrong byte, %" PRIu64,
			     name, section.offset);
		return;
	}
	uint64_t bytes = (uint64_t)section.rows * section.row_bytes;
	if (bytes > reader->header.file_bytes ||
	    section.offset > reader->header.file_bytes - bytes) {
		reader_fault(reader, at, "the %s section reaches beyond the file's own size",
			     name);
		return;
	}
	uint64_t room = section.offset < reader->size ? reader->size - section.offset : 0;
	if (section.used > section.rows)
		section.used = section.rows;
	if (room < (uint64_t)section.used * section.row_bytes) {
		section.used = (uint32_t)(room / section.row_bytes);
		reader_fault(reader, reader->size, "the %s section is cut off at byte %zu",
			     name, reader->size);
	}
	reader->sections[section.kind] = section;
}

static void take_sections(struct reader *reader)
{
	for (uint32_t i = 0; i < reader->header.section_count; i++) {
		uint64_t at = reader->header.sections_at + i * sizeof(struct trace_section);
		struct trace_section section;

		memcpy(&section, reader->bytes + at, sizeof section);
		if (section.kind >= 1 && section.kind <= TRACE_SECTIONS)
			take_section(reader, at, section);
		else if (section.kind == 0)
			reader_fault(reader, at, "entry %u of the section table is damaged", i);
	}
	/* Verdicts depend on the rows of these sections. */
	for (uint32_t kind = 1; kind <= TRACE_SECTIONS_FIRST; kind++)
		if (!reader->sections[kind].row_bytes && reader->fault_count == 0)
			reader_fault(reader, reader->header.sections_at,
				     "the %s section is missing", kinds[kind].name);
}

bool reader_take(struct reader *reader, uint8_t *bytes, size_t size)
{
	memset(reader, 0, sizeof *reader);
	reader->bytes = bytes;
	reader->size = size;
	reader->depth = READER_EVENTS;
	if (size == 0)
		return READER_REFUSE(reader, 0, "it is empty");
	if (!check_header(reader) || !check_table(reader))
		return false;
	if (reader->header.file_bytes != size)
		reader_fault(reader, size < reader->header.file_bytes ? size : 0,
			     "the file has %zu bytes, its header says %" PRIu64, size,
			     reader->header.file_bytes);
	take_sections(reader);
	if (!reader_row(reader, SECTION_PROCESS, 0))
		return READER_REFUSE(reader, reader->sections[SECTION_PROCESS].offset,
				     "its process row cannot be read");
	return true;
}

/*
 * The counters of a running process change while they are copied: a message may
 * be counted as delivered in a page that was copied after the page with its
 * SENT. So the file is copied twice, and the counters that the law of messages
 * subtracts from SENT are taken from the earlier copy: outstanding may be too
 * high by the messages in between, but never negative.
 */
static void counts_of_earlier(struct reader *later, const struct reader *earlier,
			      enum trace_section_kind kind, size_t counts_at)
{
	const struct trace_section *section = &later->sections[kind];

	for (uint32_t i = 0; i < section->used; i++) {
		uint64_t row_at = section->offset + (uint64_t)i * section->row_bytes;
		struct trace_counts *now = (void *)(later->bytes + row_at + counts_at);
		const uint8_t *row = reader_row(earlier, kind, i);
		static const struct trace_counts none;
		const struct trace_counts *then = row ? (const void *)(row + counts_at) : &none;

		for (int count = COUNT_UNROLLED; count < TRACE_COUNTS; count++) {
			now->messages[count] = then->messages[count];
			now->bytes[count] = then->bytes[count];
		}
	}
}

static bool copy_again(struct reader *reader, int fd, enum reader_depth depth)
{
	struct reader later = {0};
	uint8_t *bytes;
	size_t size;

	bool copied = reader_copy(&later, fd, depth, &bytes, &size) &&
		      reader_take(&later, bytes, size);
	if (!copied) {
		reader_copy_free(bytes);
		return false;
	}
	counts_of_earlier(&later, reader, SECTION_TOPIC, offsetof(struct trace_topic, counts));
	counts_of_earlier(&later, reader, SECTION_CELL, offsetof(struct trace_cell, counts));
	later.alive = true;
	reader_close(reader);
	*reader = later;
	return true;
}

static bool refuse_to_open(struct reader *reader, int error)
{
	const char *is = regular_is(error);

	return READER_REFUSE(reader, 0, "%s%s", is ? "it " : "", is ? is : strerror(error));
}

bool reader_open(struct reader *reader, const char *path, enum reader_depth depth)
{
	struct stat about;
	uint8_t *bytes;
	size_t size;

	memset(reader, 0, sizeof *reader);
	int fd = regular_open(path, O_RDONLY, &about);
	if (fd < 0)
		return refuse_to_open(reader, errno);
	bool good = reader_copy(reader, fd, depth, &bytes, &size);
	if (good)
		good = reader_take(reader, bytes, size);
	else
		reader_copy_free(bytes);
	if (good && liveness_of(reader_row(reader, SECTION_PROCESS, 0)) == LIVENESS_RUNNING &&
	    !copy_again(reader, fd, depth))
		reader->alive = true;
	reader->depth = depth;
	close(fd);
	return good;
}

void reader_close(struct reader *reader)
{
	reader_copy_free(reader->bytes);
	reader->bytes = NULL;
	reader->size = 0;
	memset(reader->sections, 0, sizeof reader->sections);
}

uint32_t reader_rows(const struct reader *reader, enum trace_section_kind kind)
{
	return reader->sections[kind].used;
}

uint32_t reader_complete(const struct reader *reader, enum trace_section_kind kind)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < reader_rows(reader, kind); i++)
		count += reader_row(reader, kind, i) != NULL;
	return count;
}

const void *reader_row(const struct reader *reader, enum trace_section_kind kind, uint32_t row)
{
	const struct trace_section *section = &reader->sections[kind];
	uint32_t state;

	if (!section->row_bytes || row >= section->used || kind == SECTION_STRING)
		return NULL;
	const uint8_t *at =
		reader->bytes + section->offset + (uint64_t)row * section->row_bytes;
	memcpy(&state, at, sizeof state);
	return state || kind == SECTION_RING ? at : NULL;
}

/* The events of thread row n are at n * TRACE_RING_EVENTS in the rings. */
static const struct trace_event *ring_of(const struct reader *reader, uint32_t thread)
{
	uint64_t first = (uint64_t)thread * TRACE_RING_EVENTS;

	if (first + TRACE_RING_EVENTS > reader_rows(reader, SECTION_RING))
		return NULL;
	return reader_row(reader, SECTION_RING, (uint32_t)first);
}

const char *reader_string(const struct reader *reader, trace_string at)
{
	const struct trace_section *section = &reader->sections[SECTION_STRING];
	uint16_t length;

	if (at == 0 || section->used < sizeof length || at > section->used - sizeof length)
		return NULL;
	const uint8_t *start = reader->bytes + section->offset + at;
	memcpy(&length, start, sizeof length);
	if ((uint64_t)at + sizeof length + length + 1 > section->used ||
	    start[sizeof length + length] != 0)
		return NULL;
	return (const char *)start + sizeof length;
}

uint64_t reader_event_end(const struct reader *reader, uint32_t thread)
{
	const struct trace_thread *row = reader_row(reader, SECTION_THREAD, thread);

	return row && ring_of(reader, thread) ? row->head : 0;
}

uint64_t reader_event_first(const struct reader *reader, uint32_t thread)
{
	uint64_t end = reader_event_end(reader, thread);

	return end < TRACE_RING_EVENTS ? 0 : end - TRACE_RING_EVENTS + 1;
}

const struct trace_event *reader_event(const struct reader *reader, uint32_t thread,
				       uint64_t number)
{
	if (reader->depth != READER_EVENTS || number < reader_event_first(reader, thread) ||
	    number >= reader_event_end(reader, thread))
		return NULL;
	const struct trace_event *ring = ring_of(reader, thread);
	return &ring[number % TRACE_RING_EVENTS];
}

const struct trace_event *reader_ring(const struct reader *reader, uint32_t thread)
{
	return reader->depth == READER_EVENTS ? ring_of(reader, thread) : NULL;
}

uint64_t reader_events_overwritten(const struct reader *reader)
{
	uint64_t gone = 0;

	for (uint32_t thread = 0; thread < reader_rows(reader, SECTION_THREAD); thread++)
		gone += reader_event_first(reader, thread);
	return gone;
}
