/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.c - open, allocate, map, close, fill in the header.
 *
 * Blocks are allocated before the mapping is used: storing into a sparse
 * mapping on a full disk raises SIGBUS in the host; if the allocation fails,
 * the guest only does not record. The descriptor is closed at once, because
 * hosts close, overwrite and count descriptors that they do not know (test:
 * closes_all). System calls are raw: they set no errno, are no cancellation
 * point, and do not enter the guest's stand-ins.
 */
#include "trace/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "guest/digits.h"
#include "guest/markfile.h"
#include "guest/settings.h"
#include "guest/state.h"
#include "trace/map.h"
#include "trace/process_facts.h"
#include "trace/writer.h"

struct layout {
	uint32_t kind;
	uint32_t row_bytes;
	uint32_t rows;
	size_t pointer_at; /* in struct trace_map */
};

/* clang-format off */
#define ROWS(kind, type, rows, member) \
	{ kind, sizeof(type), rows, offsetof(struct trace_map, member) }

static const struct layout layout[TRACE_SECTIONS] = {
	ROWS(SECTION_PROCESS,  struct trace_process,  1,                        process),
	ROWS(SECTION_PRODUCER, struct trace_producer, GUEST_PRODUCERS,          producers),
	ROWS(SECTION_TOPIC,    struct trace_topic,    GUEST_TOPIC_ROWS,         topics),
	ROWS(SECTION_CELL,     struct trace_cell,     GUEST_CELLS,              cells),
	ROWS(SECTION_SOCKET,   struct trace_socket,   GUEST_SOCKETS,            sockets),
	ROWS(SECTION_SITE,     struct trace_site,     GUEST_SITES,              sites),
	ROWS(SECTION_MODULE,   struct trace_module,   128,                      modules),
	ROWS(SECTION_STRING,   char,                  128 * 1024,               strings),
	ROWS(SECTION_THREAD,   struct trace_thread,   32,                       threads),
	ROWS(SECTION_RING,     struct trace_event,    32 * TRACE_RING_EVENTS,   rings),
	ROWS(SECTION_LIBRARY,  struct trace_library,  8,                        libraries),
	ROWS(SECTION_SOCKET_MORE, struct trace_socket_more, GUEST_SOCKETS,      sockets_more),
	ROWS(SECTION_MOMENT,   struct trace_moment,   TRACE_MOMENTS,            moments),
	ROWS(SECTION_PRODUCER_MORE, struct trace_producer_more, GUEST_PRODUCERS, producers_more),
	ROWS(SECTION_PEER,     struct trace_peer,     GUEST_PEERS,              peers),
	ROWS(SECTION_SOCKET_TOLD, struct trace_socket_told, GUEST_SOCKETS,      sockets_told),
	ROWS(SECTION_LARGE,    struct trace_large,    GUEST_LARGE,              large),
	ROWS(SECTION_STAGES,   struct trace_stages,   GUEST_PRODUCERS,          stages),
};
/* clang-format on */

#define ALIGNED(x) (((x) + 63) & ~(uint64_t)63)

static uint64_t layout_bytes(void)
{
	uint64_t bytes = ALIGNED(sizeof(struct trace_header));

	for (int i = 0; i < TRACE_SECTIONS; i++)
		bytes += ALIGNED((uint64_t)layout[i].row_bytes * layout[i].rows);
	return bytes;
}

struct trace_path {
	char text[SETTING_BYTES + 96];
};

#define UNFINISHED ".new"

/* DIRECTORY/<pid>-<start ticks>[-<number>].trace[.new] */
static void path_make(struct trace_path *path, uint64_t pid, uint64_t start_ticks,
		      unsigned number, bool unfinished)
{
	size_t at = strlen(guest_settings.directory);

	memcpy(path->text, guest_settings.directory, at);
	path->text[at++] = '/';
	at += digits_decimal(path->text + at, pid);
	path->text[at++] = '-';
	at += digits_hexadecimal(path->text + at, start_ticks);
	if (number > 0) {
		path->text[at++] = '-';
		at += digits_decimal(path->text + at, number);
	}
	memcpy(path->text + at, TRACE_SUFFIX, sizeof TRACE_SUFFIX);
	at += sizeof TRACE_SUFFIX - 1;
	if (unfinished)
		memcpy(path->text + at, UNFINISHED, sizeof UNFINISHED);
}

/* No write permission: if the file is truncated, by a shell's `>` or logrotate, a store behind
 * its new end raises SIGBUS in the host. The descriptor that made the file can write all the
 * same. */
#define TRACE_MODE 0400

/* Opens the file under a temporary name: if the process is killed now, it is no trace yet. */
static long file_open(uint64_t pid, uint64_t start_ticks, struct trace_path *path)
{
	long fd = -EEXIST;

	for (unsigned number = 0; fd == -EEXIST && number < 1000; number++) {
		path_make(path, pid, start_ticks, number, true);
		fd = RAW_4(SYS_openat, AT_FDCWD, path->text,
			   O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, TRACE_MODE);
	}
	return fd;
}

/* Gives a complete trace its name. An exec keeps pid and start time: its trace takes the
 * next number. */
static bool file_publish(const struct trace_path *unfinished, uint64_t pid,
			 uint64_t start_ticks)
{
	static struct trace_path path; /* one thread makes the trace */
	long result = -EEXIST;

	for (unsigned number = 0; result == -EEXIST && number < 1000; number++) {
		path_make(&path, pid, start_ticks, number, false);
		result = RAW_5(SYS_renameat2, AT_FDCWD, unfinished->text, AT_FDCWD, path.text,
			       RENAME_NOREPLACE);
		if (result != -EINVAL && result != -ENOSYS)
			continue;
		/* A filesystem without renameat2(RENAME_NOREPLACE). */
		result = RAW_5(SYS_linkat, AT_FDCWD, unfinished->text, AT_FDCWD, path.text, 0);
		if (result == 0)
			RAW_3(SYS_unlinkat, AT_FDCWD, unfinished->text, 0);
	}
	if (result == 0)
		mark_traced(strrchr(path.text, '/') + 1);
	return result == 0;
}

/* On filesystems without fallocate the blocks are allocated by writing zeros. */
static long file_allocate(long fd, uint64_t bytes)
{
	long result = RAW_4(SYS_fallocate, fd, 0, 0, bytes);

	if (result != -EOPNOTSUPP && result != -ENOSYS)
		return result;
	static const char zeros[4096];

	for (uint64_t at = 0; at < bytes; at += sizeof zeros) {
		result = RAW_4(SYS_pwrite64, fd, zeros, sizeof zeros, at);
		if (result != (long)sizeof zeros)
			return result < 0 ? result : -ENOSPC;
	}
	return RAW_2(SYS_ftruncate, fd, bytes);
}

static void header_fill(char *base, uint64_t bytes)
{
	struct trace_header *header = (struct trace_header *)base;
	uint64_t at = ALIGNED(sizeof *header);

	trace->header = header;
	for (int i = 0; i < TRACE_SECTIONS; i++) {
		header->sections[i] = (struct trace_section){
			.kind = layout[i].kind,
			.row_bytes = layout[i].row_bytes,
			.offset = at,
			.rows = layout[i].rows,
		};
		char *place = base + at;

		memcpy((char *)trace + layout[i].pointer_at, &place, sizeof place);
		at += ALIGNED((uint64_t)layout[i].row_bytes * layout[i].rows);
	}
	/* Hash tables: their rows are not used in order, so readers must look at all. */
	writer_section(SECTION_TOPIC)->used = writer_section(SECTION_TOPIC)->rows;
	writer_section(SECTION_CELL)->used = writer_section(SECTION_CELL)->rows;
	writer_section(SECTION_PRODUCER)->used = GUEST_PRODUCERS;
	writer_section(SECTION_PRODUCER_MORE)->used = GUEST_PRODUCERS;
	writer_section(SECTION_LARGE)->used = GUEST_LARGE;
	writer_section(SECTION_STAGES)->used = GUEST_PRODUCERS;
	writer_section(SECTION_SOCKET)->used = GUEST_SOCKETS;
	writer_section(SECTION_SOCKET_MORE)->used = GUEST_SOCKETS;
	writer_section(SECTION_SOCKET_TOLD)->used = GUEST_SOCKETS;
	writer_section(SECTION_MOMENT)->used = TRACE_MOMENTS;
	writer_section(SECTION_PROCESS)->used = 1;
	writer_section(SECTION_RING)->used = writer_section(SECTION_RING)->rows;
	writer_section(SECTION_STRING)->used = WRITER_STRINGS_BEGIN;
	header->version = TRACE_VERSION;
	header->byte_order = TRACE_BYTE_ORDER;
	header->header_bytes = sizeof *header;
	header->file_bytes = bytes;
	header->section_count = TRACE_SECTIONS;
	header->section_bytes = sizeof(struct trace_section);
	header->sections_at = offsetof(struct trace_header, sections);
	if (!digits_bytes(header->run, sizeof header->run, guest_settings.run))
		memset(header->run, 0, sizeof header->run);
	memcpy(header->shim_version, UNFLUSHED_VERSION, sizeof UNFLUSHED_VERSION);
	header->compatible |= TRACE_HAS_CONSEQUENCES | TRACE_HAS_WAITS | TRACE_HAS_MAYBE;
}

/* Where the last trace is mapped: in a forked child, its parent's. */
static char *mapped;

bool tracefile_pretend(void)
{
	uint64_t bytes = layout_bytes();

	if (!mapped)
		return false;
	long base = raw_call6(SYS_mmap, (long)mapped, (long)bytes, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);

	if ((unsigned long)base > -4096UL)
		return false;
	header_fill((char *)base, bytes);
	return true;
}

static const char *open_reason(long error)
{
	switch (error) {
	case -EMFILE:
	case -ENFILE:
		return "the trace cannot be made: too many open files";
	case -EACCES:
		return "this process may not make a trace in the directory given: it must be "
		       "writable for the user that the program becomes";
	case -EROFS:
		return "the trace cannot be made: the file system is read-only";
	case -ENOENT:
	case -ENOTDIR:
		return "the directory given is not there for this process";
	default:
		return "the trace cannot be made in the directory given";
	}
}

static const char *room_reason(long result)
{
	if (result == -ENOSPC)
		return "the trace cannot be made: no space left on the device";
	if (result == -EDQUOT)
		return "the trace cannot be made: the disk quota is used up";
	return "the trace cannot be allocated and mapped";
}

bool tracefile_make(bool forked, const char **reason)
{
	uint64_t bytes = layout_bytes();
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	/* fallocate() beyond the limit sends SIGXFSZ to the host. */
	RAW_4(SYS_prlimit64, 0, RLIMIT_FSIZE, 0, &limit);
	if (limit.rlim_cur < bytes) {
		*reason = "the trace is larger than RLIMIT_FSIZE allows";
		return false;
	}
	static struct trace_path path;
	uint64_t start_ticks = process_start_ticks();
	long fd = file_open((uint64_t)guest->pid, start_ticks, &path);

	if (fd < 0) {
		*reason = open_reason(fd);
		return false;
	}
	long result = file_allocate(fd, bytes);
	long base = result < 0
			    ? result
			    : RAW_5(SYS_mmap, 0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd);

	if ((unsigned long)base > -4096UL) {
		RAW_3(SYS_unlinkat, AT_FDCWD, path.text, 0);
		RAW_1(SYS_close, fd);
		*reason = room_reason(result);
		return false;
	}
	RAW_1(SYS_close, fd);
	header_fill((char *)base, bytes);
	process_facts_write(forked);
	trace->overflow_topic = writer_topic(GUEST_PRODUCERS - 1, "", -1, 0);
	memcpy(trace->header->magic, TRACE_MAGIC, sizeof trace->header->magic);
	__atomic_store_n(&trace->header->state, TRACE_LIVE, __ATOMIC_RELEASE);
	mapped = (char *)base;
	if (file_publish(&path, (uint64_t)guest->pid, start_ticks))
		return true;
	mapped = NULL;
	RAW_3(SYS_unlinkat, AT_FDCWD, path.text, 0);
	RAW_2(SYS_munmap, base, bytes);
	*trace = (struct trace_map){0};
	*reason = "the trace cannot be given its name in the directory";
	return false;
}
