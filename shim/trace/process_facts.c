/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process_facts.c - fills the process row of a new trace.
 *
 * A pid alone does not identify a process: it is used again, and names another
 * one in another container or after a reboot. Together with start ticks, pid
 * namespace and boot id it does, so that a reader can tell whether the process
 * is still running.
 */

#define _GNU_SOURCE 1
#include "trace/process_facts.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "format/scrub.h"
#include "guest/guest.h"
#include "guest/settings.h"
#include "guest/state.h"
#include "trace/file.h"
#include "trace/map.h"
#include "trace/writer.h"

#define TICKS_PER_SECOND 100 /* USER_HZ: fixed in the kernel's interface */

static size_t file_read(const char *path, char *to, size_t bytes)
{
	long fd = RAW_3(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	size_t at = 0;
	long count;

	while (at < bytes && (count = RAW_3(SYS_read, fd, to + at, bytes - at)) > 0)
		at += (size_t)count;
	RAW_1(SYS_close, fd);
	return at;
}

static size_t link_read(const char *path, char *to, size_t bytes)
{
	/* The older call, which seccomp filters are more likely to allow. */
#ifdef SYS_readlink
	long count = RAW_3(SYS_readlink, path, to, bytes);
#else
	long count = RAW_4(SYS_readlinkat, AT_FDCWD, path, to, bytes);
#endif

	return count < 0 ? 0 : (size_t)count;
}

static uint64_t number_read(const char *at, const char *end)
{
	uint64_t value = 0;

	while (at < end && *at >= '0' && *at <= '9')
		value = value * 10 + (uint64_t)(*at++ - '0');
	return value;
}

struct stat_text {
	char bytes[1024];
	size_t length;
};

static void stat_read(struct stat_text *stat)
{
	stat->length = file_read("/proc/self/stat", stat->bytes, sizeof stat->bytes);
}

/* A number of /proc/self/stat, from field 3 on; 0 unknown. */
static uint64_t stat_field(const struct stat_text *stat, int wanted)
{
	const char *end = stat->bytes + stat->length;
	/* The name in parentheses may hold spaces and parentheses: the next field after the
	 * last parenthesis is field 3. */
	const char *at = stat->length ? memrchr(stat->bytes, ')', stat->length) : NULL;

	for (int field = 2; at && field < wanted; field++)
		at = memchr(at + 1, ' ', (size_t)(end - at - 1));
	return at ? number_read(at + 1, end) : 0;
}

uint64_t process_start_ticks(void)
{
	struct stat_text stat;

	stat_read(&stat);
	return stat_field(&stat, 22);
}

/* A seccomp filter may not allow getppid: it is called only where /proc is missing, or belongs
 * to another pid namespace, where this process has another pid. */
static int32_t parent_pid(void)
{
	struct stat_text stat;

	stat_read(&stat);
	if (number_read(stat.bytes, stat.bytes + stat.length) != (uint64_t)guest->pid)
		return (int32_t)RAW_0(SYS_getppid);
	return (int32_t)stat_field(&stat, 4);
}

/* The inode of its namespace of pids; 0 unknown. */
static uint64_t pid_namespace(void)
{
	struct stat about = {0};

	return RAW_4(SYS_newfstatat, AT_FDCWD, "/proc/self/ns/pid", &about, 0) == 0
		       ? about.st_ino
		       : 0;
}

/* Arguments, one a line, without their secrets. */
static size_t arguments_scrub(const char *from, size_t bytes, char *to, size_t room)
{
	struct scrub scrub = {0};
	size_t out = 0;

	for (size_t at = 0; at < bytes && out < room;) {
		size_t length = strnlen(from + at, bytes - at);
		size_t begin = out += out > 0;

		if (begin)
			to[begin - 1] = '\n';
		out += scrub_argument(&scrub, from + at, length, to + begin, room - begin);
		for (size_t i = begin; i < out; i++)
			if (to[i] == '\n')
				to[i] = ' ';
		at += length + 1;
	}
	return out;
}

static trace_string arguments_write(void)
{
	static char raw[4097];
	static char shown[4608];
	size_t bytes = file_read("/proc/self/cmdline", raw, sizeof raw - 1);

	raw[bytes] = '\0';
	return writer_string(shown, arguments_scrub(raw, bytes, shown, sizeof shown));
}

static int64_t clock_read(clockid_t clock)
{
	struct timespec now = {0, 0};

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The third number, the limit of autotuning. It belongs to the network namespace, so
 * it is read here and not by the reader of the trace. */
static uint32_t send_buffer_limit(void)
{
	char text[64];
	const char *at = text;
	const char *end = text + file_read("/proc/sys/net/ipv4/tcp_wmem", text, sizeof text);

	for (int skipped = 0; skipped < 2; skipped++) {
		while (at < end && *at >= '0' && *at <= '9')
			at++;
		while (at < end && (*at == ' ' || *at == '\t'))
			at++;
	}
	return (uint32_t)number_read(at, end);
}

void process_facts_write(bool forked)
{
	struct trace_process *process = trace->process;
	static char text[4096]; /* one thread makes the trace; its stack may be small */
	size_t bytes;

	process->pid = guest->pid;
	process->ppid = parent_pid();
	process->uid = (uint32_t)RAW_0(SYS_getuid);
	process->start_ticks = process_start_ticks();
	process->realtime_ns = clock_read(CLOCK_REALTIME);
	process->monotonic_ns = clock_read(CLOCK_MONOTONIC);
	/* Start ticks are of CLOCK_BOOTTIME, which includes suspend. */
	process->process_start_ns =
		process->monotonic_ns -
		(clock_read(CLOCK_BOOTTIME) -
		 (int64_t)(process->start_ticks * (1000000000 / TICKS_PER_SECOND)));
	process->pid_namespace = pid_namespace();
	bytes = file_read("/proc/sys/kernel/random/boot_id", text, sizeof process->boot_id - 1);
	while (bytes && text[bytes - 1] == '\n')
		bytes--;
	memcpy(process->boot_id, text, bytes);
	process->exe = writer_string(text, link_read("/proc/self/exe", text, sizeof text));
	process->argv = arguments_write();
	process->tcp_wmem_max = send_buffer_limit();
	process->status = TRACE_UNKNOWN;
	process->notes = (forked ? NOTE_FORKED_CHILD : 0u) |
			 (settings_auditor_aside ? NOTE_AUDITOR_ASIDE : 0u) |
			 settings_site_level_read() | settings_early_notes;
	process->state = 1;
}
