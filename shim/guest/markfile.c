/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markfile.c - see markfile.h.
 */
#define _GNU_SOURCE 1
#include "guest/markfile.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/format.h"
#include "guest/digits.h"
#include "guest/raw.h"
#include "guest/settings.h"

extern char **environ;

/* A program with a longer path is not named, only its beginning. */
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

static void line_write_within(struct line *line, long most)
{
	if (!guest_settings.mark[0])
		return;
	long fd = RAW_3(SYS_openat, AT_FDCWD, guest_settings.mark,
			O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return;
	struct stat about;

	/* As the loader asks, not by lseek: a filter (seccomp) allows it. */
	if (RAW_4(SYS_newfstatat, fd, "", &about, AT_EMPTY_PATH) == 0 &&
	    about.st_size >= most) {
		RAW_1(SYS_close, fd);
		return;
	}
	/* A path may hold anything, but a line ends once. */
	for (size_t i = 0; i < line->bytes; i++)
		if (line->text[i] == '\n')
			line->text[i] = '?';
	line->text[line->bytes++] = '\n';
	RAW_3(SYS_write, fd, line->text, line->bytes);
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
	line_write_within(&line, LONG_MAX);
}

/* ---- programs ---- */

/* What a descriptor of this process is, as the kernel names it. */
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

/* By what the next program's loader will ask, too: a filter (seccomp) allows it. */
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

/* Where it is found first; where nowhere, the name alone. */
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
