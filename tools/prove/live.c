/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live.c - see live.h.
 */
#include "prove/live.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/regular.h"
#include "prove/patience.h"

#define SECTIONS_MOST 64
#define SETTINGS_MOST 4096

static bool read_at(int fd, void *to, size_t bytes, uint64_t at)
{
	return at <= INT64_MAX && regular_read(fd, to, bytes, (off_t)at) == bytes;
}

static bool header_read(int fd, struct trace_header *header)
{
	return read_at(fd, header, offsetof(struct trace_header, sections), 0) &&
	       memcmp(header->magic, TRACE_MAGIC, sizeof(header->magic)) == 0 &&
	       header->version == TRACE_VERSION && header->byte_order == TRACE_BYTE_ORDER &&
	       header->state == TRACE_LIVE && header->section_count <= SECTIONS_MOST &&
	       header->section_bytes >= sizeof(struct trace_section);
}

static bool sections_read(struct live *live, const struct trace_header *header)
{
	for (uint32_t i = 0; i < header->section_count; i++) {
		struct trace_section section;
		uint64_t at = header->sections_at + (uint64_t)i * header->section_bytes;

		if (!read_at(live->fd, &section, sizeof(section), at))
			return false;
		if (section.kind == SECTION_PROCESS) {
			live->process_at = section.offset;
			live->process_bytes = section.row_bytes;
		} else if (section.kind == SECTION_PRODUCER) {
			live->producers_at = section.offset;
			live->producer_bytes = section.row_bytes;
			live->producer_rows = section.rows;
			live->used_at = at + offsetof(struct trace_section, used);
		} else if (section.kind == SECTION_PRODUCER_MORE) {
			live->more_at = section.offset;
			live->more_bytes = section.row_bytes;
		} else if (section.kind == SECTION_STRING) {
			live->strings_at = section.offset;
		}
	}
	return live->process_bytes >= sizeof(struct trace_process) &&
	       live->producer_bytes >= sizeof(struct trace_producer) &&
	       live->more_bytes >= sizeof(struct trace_producer_more) && live->strings_at;
}

static bool is_its(struct live *live, const struct divert_hello *hello)
{
	struct trace_header header;
	struct trace_process process;

	return header_read(live->fd, &header) &&
	       memcmp(header.run, hello->run, sizeof(header.run)) == 0 &&
	       sections_read(live, &header) &&
	       read_at(live->fd, &process, sizeof(process), live->process_at) &&
	       process.pid == hello->pid && process.start_ticks == hello->start_ticks &&
	       process.monotonic_ns == hello->monotonic_ns;
}

static bool open_one(struct live *live, const char *directory, const char *name,
		     const struct divert_hello *hello)
{
	char path[PATH_MAX];
	struct stat about;

	if (snprintf(path, sizeof(path), "%s/%s", directory, name) >= (int)sizeof(path))
		return false;
	*live = (struct live){.fd = regular_open(path, O_RDONLY | O_NOFOLLOW, &about)};
	if (live->fd >= 0 && is_its(live, hello))
		return true;
	live_close(live);
	return false;
}

bool live_open(struct live *live, const char *directory, const struct divert_hello *hello)
{
	DIR *stream = opendir(directory);
	struct dirent *entry;
	bool found = false;

	*live = (struct live){.fd = -1};
	while (stream && !found && (entry = readdir(stream))) {
		size_t length = strlen(entry->d_name), suffix = strlen(TRACE_SUFFIX);

		found = length > suffix &&
			strcmp(entry->d_name + length - suffix, TRACE_SUFFIX) == 0 &&
			open_one(live, directory, entry->d_name, hello);
	}
	if (stream)
		closedir(stream);
	return found;
}

void live_close(struct live *live)
{
	if (live->fd >= 0)
		close(live->fd);
	live->fd = -1;
}

bool live_waits(const struct live *live)
{
	uint64_t counts[2]; /* waits_began, waits_ended */
	uint64_t at = live->process_at + offsetof(struct trace_process, waits_began);

	_Static_assert(offsetof(struct trace_process, waits_ended) ==
			       offsetof(struct trace_process, waits_began) + sizeof(uint64_t),
		       "the two are read at once");
	return live->fd >= 0 && read_at(live->fd, counts, sizeof(counts), at) &&
	       counts[0] > counts[1];
}

static uint32_t producers(const struct live *live)
{
	uint32_t used = 0;

	if (live->fd < 0 || !read_at(live->fd, &used, sizeof(used), live->used_at))
		return 0;
	used = used < live->producer_rows ? used : live->producer_rows;
	return used < LIVE_PRODUCERS ? used : LIVE_PRODUCERS;
}

static bool column(const struct live *live, uint32_t row, size_t offset, void *to, size_t bytes)
{
	return read_at(live->fd, to, bytes,
		       live->producers_at + (uint64_t)row * live->producer_bytes + offset);
}

uint64_t live_flushes_again(const struct live *live)
{
	uint32_t rows = producers(live);
	uint64_t sum = 0, again;

	for (uint32_t i = 0; i < rows; i++)
		if (read_at(live->fd, &again, sizeof(again),
			    live->more_at + (uint64_t)i * live->more_bytes +
				    offsetof(struct trace_producer_more, flush_continued)))
			sum += again;
	return sum;
}

void live_purges(const struct live *live, uint64_t purges[LIVE_PRODUCERS])
{
	uint32_t rows = producers(live);

	memset(purges, 0, LIVE_PRODUCERS * sizeof(*purges));
	for (uint32_t i = 0; i < rows; i++)
		if (!column(live, i, offsetof(struct trace_producer, purge_calls), &purges[i],
			    sizeof(purges[i])))
			purges[i] = 0;
}

static void settings_read(const struct live *live, uint32_t row, char *text, size_t room)
{
	trace_string at = 0;
	uint16_t length = 0;

	text[0] = '\0';
	if (!column(live, row, offsetof(struct trace_producer, configuration), &at,
		    sizeof(at)) ||
	    !at || !read_at(live->fd, &length, sizeof(length), live->strings_at + at) ||
	    length >= room ||
	    !read_at(live->fd, text, length, live->strings_at + at + sizeof(length)))
		length = 0;
	text[length] = '\0';
}

int64_t live_patience_ns(const struct live *live, int64_t most_ns)
{
	uint32_t rows = producers(live);
	char settings[SETTINGS_MOST];

	for (uint32_t i = 0; i < rows; i++) {
		settings_read(live, i, settings, sizeof(settings));
		most_ns = patience_ns(settings, most_ns);
	}
	return most_ns;
}
