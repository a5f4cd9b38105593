/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markfile.c - see markfile.h.
 */
#define _GNU_SOURCE 1
#include "guest/markfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "format/format.h"
#include "guest/digits.h"
#include "guest/raw.h"
#include "guest/settings.h"

extern char **environ;

/* Of a longer path only the beginning is written. */
#define LINE_BYTES 1280

struct line {
	size_t bytes;
	char text[LINE_BYTES]; /* has room for a newline more */
};

static void line_begin(struct line *line, pid_t pid)
{
	line->bytes = digits_decimal(line->text, (uint64_t)pid);
}

static void line_add(struct line *line, const char *words)
{
	size_t room = LINE_BYTES - 1 - line->bytes;
	size_t bytes = strnlen(words, room);

	memcpy(line->text + line->bytes, words, bytes);
	line->bytes += bytes;
}

/* Ends the line; newlines in a path are replaced. */
static void line_end(struct line *line)
{
	for (size_t i = 0; i < line->bytes; i++)
		if (line->text[i] == '\n')
			line->text[i] = '?';
	line->text[line->bytes++] = '\n';
}

/* Makes an empty file by mknod: that needs no descriptor, and no RLIMIT_FSIZE applies. */
__attribute__((noinline)) static void missing_note(void)
{
	char path[SETTING_BYTES + sizeof(MARK_MISSING_SUFFIX)];
	size_t bytes = strlen(guest_settings.mark);

	memcpy(path, guest_settings.mark, bytes);
	memcpy(path + bytes, MARK_MISSING_SUFFIX, sizeof(MARK_MISSING_SUFFIX));
	long fd = RAW_4(SYS_openat, AT_FDCWD, path,
			O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);

	if (fd >= 0)
		RAW_1(SYS_close, fd);
	else if (fd == -EMFILE || fd == -ENFILE)
		RAW_4(SYS_mknodat, AT_FDCWD, path, S_IFREG | 0600, 0);
}

/*
 * A write beyond RLIMIT_FSIZE sends SIGXFSZ to the host, and another process may add its line
 * between the check of the size and the write. So this thread blocks the signal, and removes
 * the one that its own write has caused.
 */
static long write_unpunished(long fd, const struct line *line)
{
	static const struct timespec at_once = {0};
	const uint64_t punishment = 1ull << (SIGXFSZ - 1);
	uint64_t before = 0, pending = 0;

	RAW_4(SYS_rt_sigprocmask, SIG_BLOCK, &punishment, &before, sizeof(before));
	RAW_2(SYS_rt_sigpending, &pending, sizeof(pending));
	long written = RAW_3(SYS_write, fd, line->text, line->bytes);

	if (written == -EFBIG && !(pending & punishment))
		RAW_4(SYS_rt_sigtimedwait, &punishment, 0, &at_once, sizeof(punishment));
	RAW_4(SYS_rt_sigprocmask, SIG_SETMASK, &before, 0, sizeof(before));
	return written;
}

static bool written_at(long fd, const struct line *line, uint64_t end)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
	long bytes = (long)line->bytes;

	/* Read each time: the host may change the limit at any time. */
	RAW_4(SYS_prlimit64, 0, RLIMIT_FSIZE, 0, &limit);
	if (limit.rlim_cur == RLIM_INFINITY)
		return RAW_3(SYS_write, fd, line->text, line->bytes) == bytes;
	/* A line must be written whole: the rest of a partial one would be the next line's
	 * begin. */
	return end + line->bytes <= limit.rlim_cur && write_unpunished(fd, line) == bytes;
}

/* `most`: the size from which on the file counts as full. */
static void line_write_within(struct line *line, uint64_t most)
{
	if (!guest_settings.mark[0])
		return;
	long fd = RAW_3(SYS_openat, AT_FDCWD, guest_settings.mark,
			O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	struct stat about = {.st_size = 0};

	/* By the call that the loader uses, not lseek: a seccomp filter allows it. */
	if (fd >= 0)
		RAW_4(SYS_newfstatat, fd, "", &about, AT_EMPTY_PATH);
	uint64_t end = (uint64_t)about.st_size;

	line_end(line);
	if (end < most && (fd < 0 || !written_at(fd, line, end)))
		missing_note();
	if (fd >= 0)
		RAW_1(SYS_close, fd);
}

static void line_write(struct line *line)
{
	line_write_within(line, MARK_BYTES_MAX);
}

static pid_t own_pid(void)
{
	return (pid_t)RAW_0(SYS_getpid);
}

void mark_loaded(void)
{
	struct line line;

	line_begin(&line, own_pid());
	line_write(&line);
}

void mark_silent(const char *reason)
{
	struct line line;

	line_begin(&line, own_pid());
	line_add(&line, " ");
	line_add(&line, reason);
	line_write(&line);
}

void mark_traced(const char *name)
{
	struct line line;

	line_begin(&line, own_pid());
	line_add(&line, " =");
	line_add(&line, name);
	line_write_within(&line, UINT64_MAX);
}

/* ---- programs ---- */

/* Adds the name of the file that a descriptor of this process has open (/proc/self/fd). */
static void descriptor_add(struct line *line, int fd)
{
	char link[40] = "/proc/self/fd/";
	size_t at = strlen(link);

	if (fd < 0)
		return;
	at += digits_decimal(link + at, (uint64_t)fd);
	link[at] = '\0';
	long bytes = RAW_4(SYS_readlinkat, AT_FDCWD, link, line->text + line->bytes,
			   LINE_BYTES - 1 - line->bytes);

	if (bytes > 0)
		line->bytes += (size_t)bytes;
}

static void directory_add(struct line *line, int at)
{
	if (at != AT_FDCWD) {
		descriptor_add(line, at);
		return;
	}
	long bytes = RAW_2(SYS_getcwd, line->text + line->bytes, LINE_BYTES - 1 - line->bytes);

	if (bytes > 0)
		line->bytes += (size_t)bytes - 1; /* with its end */
}

/* By a call that the next program's loader makes, too: a seccomp filter allows it. */
static bool is_there(int at, const char *path)
{
#ifdef SYS_access
	if (at == AT_FDCWD)
		return RAW_2(SYS_access, path, X_OK) == 0;
#endif
	return RAW_3(SYS_faccessat, at, path, X_OK) == 0;
}

static const char *search_path(void)
{
	for (char **entry = environ; entry && *entry; entry++)
		if (strncmp(*entry, "PATH=", 5) == 0)
			return *entry + 5;
	return "/bin:/usr/bin"; /* confstr(_CS_PATH), execvp()'s default */
}

/* The first path at which it exists; if there is none, only the name. */
static void found_add(struct line *line, const char *file)
{
	const char *folders = search_path();
	size_t begin = line->bytes;

	for (bool more = true; more;) {
		size_t length = strcspn(folders, ":");

		if (folders[0] != '/')
			directory_add(line, AT_FDCWD);
		if (folders[0] != '/' && length)
			line_add(line, "/");
		for (size_t i = 0; i < length && line->bytes < LINE_BYTES - 1; i++)
			line->text[line->bytes++] = folders[i];
		line_add(line, "/");
		line_add(line, file);
		line->text[line->bytes] = '\0';
		if (is_there(AT_FDCWD, line->text + begin))
			return;
		line->bytes = begin;
		more = folders[length] != '\0';
		folders += length + more;
	}
	line_add(line, file);
}

/* As execveat() or, `along_path`, execvp() takes it. */
static void program_add(struct line *line, int at, const char *program, bool along_path)
{
	if (!program[0]) {
		descriptor_add(line, at);
		return;
	}
	if (along_path && !strchr(program, '/')) {
		found_add(line, program);
		return;
	}
	if (program[0] != '/') {
		directory_add(line, at);
		line_add(line, "/");
	}
	line_add(line, program);
}

static bool program_write(pid_t pid, const char *sign, int at, const char *program,
			  bool along_path)
{
	struct line line;

	if (!guest_settings.mark[0] || !program)
		return false;
	line_begin(&line, pid);
	line_add(&line, sign);
	program_add(&line, at, program, along_path);
	line_write(&line);
	return true;
}

bool mark_becomes(int at, const char *path)
{
	/* Shells try directory by directory: most of those files are not there. */
	return guest_settings.mark[0] && path && (!path[0] || is_there(at, path)) &&
	       program_write(own_pid(), " >", at, path, false);
}

bool mark_becomes_found(const char *file)
{
	return program_write(own_pid(), " >", AT_FDCWD, file, true);
}

void mark_stays(void)
{
	struct line line;

	line_begin(&line, own_pid());
	line_add(&line, " <");
	line_write(&line);
}

void mark_started(pid_t pid, const char *file, bool along_path)
{
	program_write(pid, " +", AT_FDCWD, file, along_path);
}
