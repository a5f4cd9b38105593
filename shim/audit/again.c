/* SPDX-License-Identifier: Apache-2.0 */
/*
 * again.c - see again.h.
 *
 * The process has just begun: the loader has mapped objects, and has run no code of them yet.
 * So the exec ends nothing (threads, handlers, close-on-exec descriptors) that the first one
 * has not ended already. The same file is named in the same way, so that /proc/self/comm and
 * AT_EXECFN stay the same.
 */
#include "audit/again.h"

#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "audit/object.h"
#include "guest/raw.h"

#define ITSELF "/proc/self/exe"

bool given_find(struct given *given, const struct link_map *loader)
{
	void **end = object_symbol(loader, "__libc_stack_end");

	if (!end || !*end)
		return false;
	char **at = (char **)*end + 1;

	*given = (struct given){.argv = at, .by_loader = true};
	while (*at)
		at++;
	given->envp = ++at;
	while (*at)
		at++;
	for (const ElfW(auxv_t) *row = (const ElfW(auxv_t) *)(at + 1); row->a_type != AT_NULL;
	     row++) {
		if (row->a_type == AT_EXECFN)
			given->file = (const char *)row->a_un.a_val;
		if (row->a_type == AT_BASE)
			given->by_loader = row->a_un.a_val == 0;
	}
	return true;
}

char **given_entry(const struct given *given, const char *begin)
{
	for (char **entry = given->envp; *entry; entry++)
		if (text_starts(*entry, begin))
			return entry;
	return NULL;
}

static bool is_the_same(const char *path)
{
	struct stat program, other;

	/* No /proc: most programs are no scripts. */
	if (RAW_4(SYS_newfstatat, AT_FDCWD, ITSELF, &program, 0) != 0)
		return true;
	return RAW_4(SYS_newfstatat, AT_FDCWD, path, &other, 0) == 0 &&
	       program.st_dev == other.st_dev && program.st_ino == other.st_ino;
}

bool given_is_named(const struct given *given)
{
	return given->file && is_the_same(given->file);
}

/* For a script the kernel has put its path behind the interpreter's name. */
static char **script_arguments(const struct given *given)
{
	for (char **at = given->argv; *at; at++)
		if (at > given->argv && text_is(*at, given->file))
			return at;
	return NULL;
}

/* From /proc: the loader, if it is run as a program, removes its own arguments from the stack.
 */
static char **command_line(void)
{
	static char text[65536], *words[4096];
	size_t length = 0, count = 0;
	long got,
		fd = RAW_4(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC, 0);

	while (fd >= 0 && (got = RAW_3(SYS_read, fd, text + length, sizeof(text) - length)) > 0)
		length += (size_t)got;
	if (fd >= 0)
		RAW_1(SYS_close, fd);
	if (length == 0 || length == sizeof(text))
		return NULL;
	for (size_t at = 0; at < length; at += text_length(text + at) + 1) {
		if (count == sizeof(words) / sizeof(*words) - 1)
			return NULL;
		words[count++] = text + at;
	}
	return words;
}

static void start(const struct given *given, char **envp)
{
	char **argv = given->by_loader ? command_line() : given->argv;

	if (!argv)
		return;
	/* If the loader is run as a program, AT_EXECFN is the program's name. */
	const char *file = given->by_loader ? argv[0] : given->file;

	if (file && !is_the_same(file)) {
		char **script = given->by_loader ? NULL : script_arguments(given);

		file = script ? file : NULL;
		argv = script ? script : argv;
	}
	RAW_3(SYS_execve, file ? file : ITSELF, argv, envp);
}

void again_with(const struct given *given, char **entry, char *text)
{
	size_t count = 0;

	while (given->envp[count])
		count++;
	long memory = RAW_5(SYS_mmap, 0, (count + 2) * sizeof(char *), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1);

	if (memory < 0 && memory > -4096)
		return;
	char **envp = (char **)memory;

	for (size_t i = 0; i < count; i++)
		envp[i] = given->envp + i == entry ? text : given->envp[i];
	envp[count] = entry ? NULL : text; /* the page is zeroed behind it */
	start(given, envp);
}
