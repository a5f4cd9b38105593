/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suspect.c - whether a program that ran without the shim may have been a producer
 *
 * A run that calls ldconfig or ping is not blind because of that. One that starts
 * a static producer besides a recorded one is: an unknown process is not clean.
 * To add a reason: a row in `reasons`. A program that starts others: its name.
 */
#include "run/suspect.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/regular.h"
#include "memory/memory.h"
#include "program/loadable.h"
#include "program/search.h"
#include "program/runtime.h"

/* The programs that these start have another environment, or are children of another
 * process. */
static const char *const launchers[] = {
	"sudo",	  "su",	    "doas",    "pkexec", "runuser", "setpriv", "go",	  "cargo",
	"docker", "podman", "nerdctl", "bwrap",	 "flatpak", "snap",    "busybox",
};

static bool holds_word(const char *bytes, size_t size, const char *word)
{
	size_t length = strlen(word);
	char first = word[0];

	for (size_t i = 0; i + length <= size; i++)
		if ((bytes[i] | 0x20) == first && strncasecmp(bytes + i, word, length) == 0)
			return true;
	return false;
}

/* Whether Kafka is in its own code, or in names of libraries that it was built from. */
static bool mentions_kafka(const struct elffile *elf)
{
	static const char word[] = "kafka";
	static char part[256 << 10];
	struct stat about;
	int fd = regular_open(elf->path, O_RDONLY, &about);
	bool found = false;

	if (fd < 0)
		return false;
	/* The parts that are read overlap, because the word may be at a border. */
	for (off_t at = 0; !found && at < about.st_size;
	     at += (off_t)(sizeof(part) - sizeof(word)))
		found = holds_word(part, regular_read(fd, part, sizeof(part), at), word);
	close(fd);
	return found;
}

static bool asks_for_librdkafka(const struct elffile *elf)
{
	return elf->librdkafka != ELFFILE_LIBRDKAFKA_NONE;
}

static bool is_runtime(const struct elffile *elf)
{
	return runtime_of(elf) != NULL;
}

static bool is_launcher(const struct elffile *elf)
{
	const char *slash = strrchr(elf->path, '/');
	const char *name = slash ? slash + 1 : elf->path;

	for (size_t i = 0; i < sizeof(launchers) / sizeof(launchers[0]); i++)
		if (strcmp(name, launchers[i]) == 0)
			return true;
	return false;
}

static const struct {
	bool (*holds)(const struct elffile *elf);
	const char *suspicion;
} reasons[] = {
	{asks_for_librdkafka, "It uses librdkafka."},
	{mentions_kafka, "It speaks of Kafka."},
	{is_runtime, "It runs programs of any kind."},
	{is_launcher, "It starts other programs, which went unseen, too."},
};

/* Files that were searched without a result: a build may start one static tool ten thousand
 * times. */
static char **let_pass;
static size_t let_pass_count;

static bool was_let_pass(const char *program)
{
	for (size_t i = 0; i < let_pass_count; i++)
		if (strcmp(let_pass[i], program) == 0)
			return true;
	return false;
}

static void keep_as_let_pass(const char *program)
{
	let_pass = memory_grown(let_pass, let_pass_count + 1, sizeof(*let_pass));
	let_pass[let_pass_count++] = memory_text(program);
}

void suspect_close(void)
{
	while (let_pass_count)
		free(let_pass[--let_pass_count]);
	free(let_pass);
	let_pass = NULL;
}

bool suspect_find(const char *program, struct host_unloaded *unloaded)
{
	struct elffile elf;
	char why[200];

	if (was_let_pass(program))
		return false;
	*unloaded = (struct host_unloaded){.suspicion = NULL};
	bool found = search_program(program, unloaded->path, sizeof(unloaded->path));

	if (!found || !elffile_read(unloaded->path, &elf, why, sizeof(why))) {
		snprintf(unloaded->path, sizeof(unloaded->path), "%s", program);
		snprintf(unloaded->unloaded, sizeof(unloaded->unloaded), "%s%s",
			 found ? "it " : "nothing of that name can be found any more",
			 found ? why : "");
		unloaded->suspicion = "What it was cannot be told.";
		return true;
	}
	const char *obstacle = loadable_obstacle(&elf);

	snprintf(unloaded->path, sizeof(unloaded->path), "%s", elf.path);
	snprintf(unloaded->unloaded, sizeof(unloaded->unloaded), "%s",
		 obstacle ? obstacle
			  : "LD_PRELOAD was not in its environment, or it did not get so far");
	for (size_t i = 0; !unloaded->suspicion && i < sizeof(reasons) / sizeof(reasons[0]);
	     i++)
		if (reasons[i].holds(&elf))
			unloaded->suspicion = reasons[i].suspicion;
	elffile_clear(&elf);
	if (!unloaded->suspicion)
		keep_as_let_pass(program);
	return unloaded->suspicion != NULL;
}
