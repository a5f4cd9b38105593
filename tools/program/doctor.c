/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor.c - what the shim will see of a program, and what it will not, and
 * why, before a run
 *
 * The program itself is never run. The loader is asked to list what it would
 * map (it runs no code of those files), and only if it is the loader that also
 * started this tool, or musl's at its own path: a file may name any program as
 * its loader.
 */
#include "program/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program/elffile.h"
#include "format/format.h"
#include "program/loadable.h"
#include "program/runtime.h"
#include "program/search.h"
#include "recipe/recipe.h"
#include "program/starter.h"
#include "program/traced.h"

/* Where librdkafka was found. */
struct sighting {
	char librdkafka[PATH_MAX];
	bool inside;		    /* in a shared object that is not librdkafka.so */
	enum elffile_linked linked; /* into the executable */
	char by[PATH_MAX + 40];	    /* how its functions are found without symbols */
	bool shim;
	bool audit;
	char missing[256]; /* a library that the loader does not find */
};

const char *doctor_verdict_name(enum doctor_verdict verdict)
{
	static const char *const names[] = {
		[DOCTOR_JUDGED] = "can be judged",
		[DOCTOR_DEPENDS] = "depends on the client",
		[DOCTOR_STARTS] = "depends on what it starts",
		[DOCTOR_WIRE] = "wire only",
		[DOCTOR_NOTHING] = "nothing",
	};

	return names[verdict];
}

static void fact(struct doctor *doctor, const char *name, const char *words, ...)
	__attribute__((format(printf, 3, 4)));

static void fact(struct doctor *doctor, const char *name, const char *words, ...)
{
	va_list list;

	if (doctor->count == DOCTOR_FACTS)
		return;
	struct doctor_fact *next = &doctor->facts[doctor->count++];
	snprintf(next->name, sizeof(next->name), "%s", name);
	va_start(list, words);
	vsnprintf(next->value, sizeof(next->value), words, list);
	va_end(list);
}

static void conclude(struct doctor *doctor, enum doctor_verdict verdict, const char *words, ...)
	__attribute__((format(printf, 3, 4)));

static void conclude(struct doctor *doctor, enum doctor_verdict verdict, const char *words, ...)
{
	va_list list;

	doctor->verdict = verdict;
	va_start(list, words);
	vsnprintf(doctor->because, sizeof(doctor->because), words, list);
	va_end(list);
}

static void describe(struct doctor *doctor, const struct elffile *elf,
		     const struct runtime *runtime)
{
	if (elf->script[0])
		fact(doctor, "script", "%s", elf->script);
	fact(doctor, "program", "%s", elf->path);
	fact(doctor, "machine", "%s%s", elf->machine[0] ? elf->machine : "unknown",
	     elf->native ? "" : " (not this one)");
	fact(doctor, "loader", "%s", elf->interpreter[0] ? elf->interpreter : "none");
	fact(doctor, "libc", "%s",
	     elf->is_static		       ? "linked statically"
	     : elf->libc == ELFFILE_LIBC_GLIBC ? "glibc"
	     : elf->libc == ELFFILE_LIBC_MUSL  ? "musl, which knows no LD_AUDIT: what is "
						 "taken with dlsym is not seen"
					       : "unknown");
	if (loadable_goes_first(elf))
		fact(doctor, "preload",
		     "%s first (it ends a host in which it is not), then the shim",
		     loadable_goes_first(elf));
	else if (loadable_minds_order(elf))
		fact(doctor, "preload",
		     "the shim, before %s, which `run` tells not to mind (ASAN_OPTIONS)",
		     loadable_minds_order(elf));
	if (elf->privileged)
		fact(doctor, "privileges", "setuid, setgid or file capabilities");
	if (elf->is_go)
		fact(doctor, "runtime", "Go");
	else if (runtime)
		fact(doctor, "runtime", "%s", runtime->name);
}

/* Whether this file is a copy of librdkafka, whatever its name is. */
static void look_at_library(const char *path, struct sighting *seen)
{
	const char *base = strrchr(path, '/');

	base = base ? base + 1 : path;
	if (strncmp(base, "libunflushed-audit.so", 21) == 0) {
		seen->audit = true;
		return;
	}
	if (strncmp(base, "libunflushed.so", 15) == 0) {
		seen->shim = true;
		return;
	}
	if (seen->librdkafka[0])
		return;
	if (strncmp(base, "librdkafka-", 11) != 0 && strncmp(base, "librdkafka.", 11) != 0) {
		if (!elffile_exports(path, "rd_kafka_produce"))
			return;
		seen->inside = true;
	}
	snprintf(seen->librdkafka, sizeof(seen->librdkafka), "%s", path);
}

/* A line of the loader's list: "\tNAME => PATH (0x...)" or "... => not found". */
static void list_line(char *line, struct sighting *seen)
{
	char *name = line + strspn(line, " \t");
	char *path = strstr(name, " => ");
	char *address = strstr(name, " (0x");

	if (path && strncmp(path + 4, "not found", 9) == 0) {
		*path = '\0';
		snprintf(seen->missing, sizeof(seen->missing), "%s", name);
	} else if (address) {
		*address = '\0';
		path = path ? path + 4 : name;
		if (path[0] == '/')
			look_at_library(path, seen);
	}
}

/* Does the same as ldd(1). glibc's --list would stop at the first missing library; musl's
 * loader has no other way to list libraries, and with --list would start the program. */
static pid_t list_spawn(const struct elffile *elf, const char *shim, int *from)
{
	char *glibc[] = {(char *)elf->interpreter, (char *)"--preload", (char *)shim,
			 (char *)elf->path, NULL};
	char *musl[] = {(char *)elf->interpreter, (char *)"--preload", (char *)shim,
			(char *)"--list",	  (char *)elf->path,   NULL};
	char **argv = elf->libc == ELFFILE_LIBC_MUSL ? musl : glibc;
	posix_spawn_file_actions_t actions;
	int ends[2];
	pid_t pid = -1;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	setenv("LD_TRACE_LOADED_OBJECTS", "1", 1);
	if (posix_spawn(&pid, elf->interpreter, &actions, NULL, argv, environ) != 0)
		pid = -1;
	unsetenv("LD_TRACE_LOADED_OBJECTS");
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	*from = ends[0];
	if (pid < 0)
		close(ends[0]);
	return pid;
}

/* A program may name any file as its loader: only musl's, at its own path, and the loader that
 * also started this tool are started. */
static bool loader_is_known(const struct elffile *elf)
{
	struct elffile self;

	if (elf->libc == ELFFILE_LIBC_MUSL)
		return strncmp(elf->interpreter, "/lib/ld-musl-", 13) == 0 &&
		       !strchr(elf->interpreter + 13, '/');
	char why[128];
	bool same = elffile_read("/proc/self/exe", &self, why, sizeof(why)) &&
		    strcmp(self.interpreter, elf->interpreter) == 0;

	elffile_clear(&self);
	return same && elf->interpreter[0];
}

/* The loader takes $ORIGIN from the path that it is given; for a program that was started,
 * from the file itself after all symbolic links. So it is given the resolved path. */
static void list_libraries(struct elffile elf, const char *shim, struct sighting *seen)
{
	char real[PATH_MAX];
	char *line = NULL;
	size_t size = 0;
	int from, status;

	if (!elf.native || !loader_is_known(&elf))
		return;
	if (realpath(elf.path, real))
		snprintf(elf.path, sizeof(elf.path), "%s", real);
	pid_t pid = list_spawn(&elf, shim, &from);
	FILE *list = pid < 0 ? NULL : fdopen(from, "r");
	while (list && getline(&line, &size, list) > 0)
		list_line(line, seen);
	free(line);
	if (list)
		fclose(list);
	if (pid >= 0)
		waitpid(pid, &status, 0);
}

static void describe_librdkafka(struct doctor *doctor, const struct sighting *seen)
{
	static const char *const linked[] = {
		[ELFFILE_LINKED_NAMELESS] = "its functions have no names, and nothing that is "
					    "known tells where they are",
		[ELFFILE_LINKED_INCOMPLETE] = "nothing in it tells of each message",
		[ELFFILE_LINKED_INSIDE] = "without the functions that add interceptors",
		[ELFFILE_LINKED_FOUND] = "its functions are in the symbol table",
	};

	if (seen->by[0])
		fact(doctor, "librdkafka",
		     "linked into the executable: its functions have no names, and were found "
		     "by "
		     "%s",
		     seen->by);
	else if (seen->linked)
		fact(doctor, "librdkafka", "linked into the executable: %s",
		     linked[seen->linked]);
	else if (seen->inside)
		fact(doctor, "librdkafka", "inside %s", seen->librdkafka);
	else
		fact(doctor, "librdkafka", "%s",
		     seen->librdkafka[0] ? seen->librdkafka : "not found");
	if (seen->missing[0])
		fact(doctor, "missing", "%s", seen->missing);
}

/* Whether the program itself (not its libraries) imports functions of librdkafka, but none
 * that produces. */
static bool asks_to_produce_nothing(const struct elffile *elf)
{
	static const char *const any[] = {"rd_kafka_", "_ZN7RdKafka", "_ZNK7RdKafka"};
	static const char *const producing[] = {"rd_kafka_produce", "_ZN7RdKafka8Producer"};

	return elf->librdkafka == ELFFILE_LIBRDKAFKA_NEEDED &&
	       elffile_asks_for(elf->path, any, sizeof(any) / sizeof(any[0])) &&
	       !elffile_asks_for(elf->path, producing,
				 sizeof(producing) / sizeof(producing[0]));
}

static void conclude_seen(struct doctor *doctor, const struct elffile *elf,
			  const struct sighting *seen)
{
	if (asks_to_produce_nothing(elf))
		conclude(doctor, DOCTOR_JUDGED,
			 "It calls nothing of librdkafka that produces: unless a library does "
			 "so for it, no message is produced, and none can be missing.");
	else
		conclude(doctor, DOCTOR_JUDGED, "Messages are counted in %s.",
			 seen->librdkafka);
}

static void conclude_linked(struct doctor *doctor, const struct sighting *seen)
{
	enum elffile_linked linked = seen->linked;

	if (linked == ELFFILE_LINKED_FOUND || linked == ELFFILE_LINKED_INSIDE)
		conclude(doctor, DOCTOR_JUDGED,
			 "Messages are counted in the librdkafka that is linked into it, where "
			 "the system lets the shim write into its code.");
	else if (linked == ELFFILE_LINKED_INCOMPLETE)
		conclude(doctor, DOCTOR_WIRE,
			 "librdkafka is linked into the executable without the functions that "
			 "tell of each message (--gc-sections): only connections are seen. "
			 "Link it without that option, or link librdkafka dynamically.");
	else if (seen->by[0])
		conclude(doctor, DOCTOR_JUDGED,
			 "Messages are counted in the librdkafka that is linked into it, if "
			 "`unflushed run` starts it, or `unflushed recipe` was run before.");
	else
		conclude(doctor, DOCTOR_WIRE,
			 "librdkafka is linked into the executable, whose symbol table was "
			 "stripped, so that its functions are not found: only connections are "
			 "seen. Build it without -s (Go) or strip, or run `unflushed recipe` "
			 "with the archive that it was linked with, or link librdkafka "
			 "dynamically.");
}

/* What can be said if no obstacle keeps the shim out. */
static void conclude_loadable(struct doctor *doctor, const struct elffile *elf,
			      const struct sighting *seen, const struct runtime *runtime)
{
	if (seen->librdkafka[0])
		conclude_seen(doctor, elf, seen);
	else if (seen->linked)
		conclude_linked(doctor, seen);
	else if (runtime)
		conclude(doctor, DOCTOR_DEPENDS, "In %s, %s.", runtime->name,
			 runtime->judged_when);
	else if (elf->is_go)
		conclude(doctor, DOCTOR_NOTHING,
			 "It is a Go program without librdkafka, which makes its system calls "
			 "itself: neither its messages nor its connections are seen.");
	else if (starter_is_shell(elf))
		conclude(doctor, DOCTOR_STARTS,
			 "A shell produces nothing: each program that it starts is seen and "
			 "judged by itself; ask about those.");
	else
		conclude(doctor, DOCTOR_WIRE,
			 "No librdkafka was found: only connections are seen, unless the "
			 "program loads a copy later.");
}

static void conclude_program(struct doctor *doctor, const struct elffile *elf,
			     const struct sighting *seen, const struct runtime *runtime)
{
	const char *obstacle = loadable_obstacle(elf);

	if (elf->is_shared_object)
		conclude(doctor, DOCTOR_NOTHING,
			 "This is a library: name the program that loads it.");
	else if (access(elf->script[0] ? elf->script : elf->path, X_OK) != 0)
		conclude(doctor, DOCTOR_NOTHING, "`run` cannot run it: %s.", strerror(errno));
	else if (obstacle)
		conclude(doctor, DOCTOR_NOTHING, "The shim does not load: %s.", obstacle);
	else if (seen->missing[0])
		conclude(doctor, DOCTOR_NOTHING,
			 "The program cannot start: the loader does not find %s.",
			 seen->missing);
	else
		conclude_loadable(doctor, elf, seen, runtime);
}

static void look_inside(const char *path, struct sighting *seen)
{
	struct recipe recipe;
	char why[PATH_MAX + 256];

	seen->linked = elffile_linked(path);
	if (seen->linked != ELFFILE_LINKED_NAMELESS ||
	    !recipe_make(path, NULL, &recipe, why, sizeof(why)))
		return;
	snprintf(seen->by, sizeof(seen->by), "%s %s", recipe_source_words(&recipe),
		 recipe.from);
	recipe_free(&recipe);
}

static bool examine(const char *program, const char *shim, struct doctor *doctor, char *why,
		    size_t why_bytes)
{
	char path[PATH_MAX];
	struct elffile elf;
	struct sighting seen = {0};

	if (!search_program(program, path, sizeof(path))) {
		snprintf(why, why_bytes, "no such program");
		return false;
	}
	if (!elffile_read(path, &elf, why, why_bytes))
		return false;
	const struct runtime *runtime = runtime_of(&elf);
	if (elf.librdkafka == ELFFILE_LIBRDKAFKA_HIDDEN)
		look_inside(elf.path, &seen);
	describe(doctor, &elf, runtime);
	if (!loadable_obstacle(&elf))
		list_libraries(elf, shim, &seen);
	describe_librdkafka(doctor, &seen);
	conclude_program(doctor, &elf, &seen, runtime);
	elffile_clear(&elf);
	return true;
}

/* A starter with the set-user-id bit does not pass the shim on: the loader ignores LD_PRELOAD
 * there. */
static bool hands_on(const char *program)
{
	char path[PATH_MAX], why[128];
	struct elffile elf;
	bool hands = search_program(program, path, sizeof(path)) &&
		     elffile_read(path, &elf, why, sizeof(why));

	if (hands) {
		hands = !loadable_obstacle(&elf);
		elffile_clear(&elf);
	}
	return hands;
}

static bool is_there(const char *program)
{
	char path[PATH_MAX];

	return search_program(program, path, sizeof(path));
}

static void listed(char *list, size_t list_bytes, const char *name)
{
	size_t length = strlen(list);

	snprintf(list + length, list_bytes - length, "%s%s", length ? ", " : "", name);
}

bool doctor_command(char *const *argv, const char *shim, struct doctor *doctor, char *why,
		    size_t why_bytes)
{
	char *const *next;
	char through[256] = "";

	*doctor = (struct doctor){0};
	while ((next = starter_passes_on(argv)) && hands_on(argv[0])) {
		listed(through, sizeof(through), argv[0]);
		argv = next;
	}
	char *command = starter_shell_command(argv);
	bool by_shell = command && is_there(command) && hands_on(argv[0]);
	if (by_shell)
		listed(through, sizeof(through), argv[0]);
	if (through[0])
		fact(doctor, "through", "%s", through);
	bool looked = examine(by_shell ? command : argv[0], shim, doctor, why, why_bytes);
	free(command);
	return looked;
}

/* The file that a line of /proc/PID/maps names; NULL: none. */
static char *maps_path(char *line)
{
	char *path = strchr(line, '/');

	if (path)
		path[strcspn(path, "\n")] = '\0';
	return path;
}

static bool read_maps(pid_t pid, struct sighting *seen)
{
	char name[64], previous[PATH_MAX] = "";
	char *line = NULL;
	size_t size = 0;

	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	FILE *maps = fopen(name, "re");
	while (maps && getline(&line, &size, maps) > 0) {
		char *path = maps_path(line);

		if (!path || strcmp(path, previous) == 0)
			continue;
		snprintf(previous, sizeof(previous), "%s", path);
		if (strstr(path, ".so") || strstr(path, ".node"))
			look_at_library(path, seen);
	}
	free(line);
	if (!maps)
		return false;
	fclose(maps);
	return true;
}

/* Strict mode allows only read, write and exit: a process does not stay in it for long. */
static void describe_filter(struct doctor *doctor, pid_t pid)
{
	char name[64], *line = NULL;
	long mode = -1, filters = 0;
	size_t size = 0;

	snprintf(name, sizeof(name), "/proc/%d/status", pid);
	FILE *status = fopen(name, "re");
	while (status && getline(&line, &size, status) > 0)
		if (sscanf(line, "Seccomp: %ld", &mode) != 1)
			(void)sscanf(line, "Seccomp_filters: %ld", &filters);
	free(line);
	if (status)
		fclose(status);
	if (mode < 0)
		fact(doctor, "filter", "unknown: the kernel does not say");
	else if (mode == 0)
		fact(doctor, "filter", "none");
	else if (filters > 0)
		fact(doctor, "filter",
		     "seccomp (%ld): it must allow what is in SYSTEM CALLS of unflushed(1)",
		     filters);
	else
		fact(doctor, "filter",
		     "seccomp: it must allow what is in SYSTEM CALLS of unflushed(1)");
}

static void conclude_process(struct doctor *doctor, const struct elffile *elf,
			     const struct sighting *seen, const struct runtime *runtime)
{
	const char *obstacle = loadable_obstacle(elf);

	if (seen->shim)
		conclude_loadable(doctor, elf, seen, runtime);
	else if (obstacle)
		conclude(doctor, DOCTOR_NOTHING, "The shim is not in it: %s.", obstacle);
	else
		conclude(doctor, DOCTOR_NOTHING,
			 "The shim is not in it, and cannot be added to a running process: "
			 "start it with `unflushed run`.");
}

bool doctor_process(pid_t pid, struct doctor *doctor, char *why, size_t why_bytes)
{
	char link[64], path[PATH_MAX] = "";
	struct elffile elf;
	struct sighting seen = {0};
	const char *cannot;

	*doctor = (struct doctor){0};
	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	if (readlink(link, path, sizeof(path) - 1) < 0 || !read_maps(pid, &seen)) {
		snprintf(why, why_bytes, "%s",
			 errno == ENOENT ? "no such process" : strerror(errno));
		return false;
	}
	/* Opened through /proc: the file may have been replaced, or be in a container. */
	if (!elffile_read(link, &elf, why, why_bytes))
		return false;
	snprintf(elf.path, sizeof(elf.path), "%s", path);
	const struct runtime *runtime = runtime_of(&elf);
	if (elf.librdkafka == ELFFILE_LIBRDKAFKA_HIDDEN)
		seen.linked = elffile_linked(link);
	fact(doctor, "pid", "%d", pid);
	describe(doctor, &elf, runtime);
	describe_librdkafka(doctor, &seen);
	fact(doctor, "shim", "%s", seen.shim ? "loaded" : "not loaded");
	if (seen.shim)
		fact(doctor, "dlsym", "%s",
		     seen.audit ? "followed: the auditor is loaded"
				: "not followed: the auditor is not loaded");
	if (seen.shim)
		fact(doctor, "trace", "%s",
		     traced_find(pid, path, sizeof(path), &cannot)
			     ? path
			     : "none yet: nothing was sent or produced");
	describe_filter(doctor, pid);
	conclude_process(doctor, &elf, &seen, runtime);
	elffile_clear(&elf);
	return true;
}
