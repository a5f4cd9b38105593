/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.c - runs a program to its end and keeps its output.
 *
 * The output goes to files, not pipes, so that a daemon that keeps its
 * descriptors open does not delay the test. Uses posix_spawn, because this
 * process has the broker's threads.
 */
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS 64
#define PATIENCE_S 240 /* within the limit of a whole test; a host takes seconds */

extern char **environ;

#define DIRECTORY "/tmp/unflushed-story-XXXXXX"

static char directory[] = DIRECTORY;
static pid_t owner;

static int remove_one(const char *path, const struct stat *unused, int type, struct FTW *walk)
{
	(void)unused;
	(void)type;
	(void)walk;
	return remove(path);
}

static void remove_directory(void)
{
	if (owner == getpid())
		nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A forked worker has one of its own: names in it are counted. */
const char *scratch_directory(void)
{
	if (owner != getpid()) {
		strcpy(directory, DIRECTORY);
		assert_non_null(mkdtemp(directory));
		owner = getpid();
		atexit(remove_directory);
	}
	return directory;
}

char *scratch_name(const char *suffix)
{
	static int number;
	char *name;

	assert_true(asprintf(&name, "%s/%d%s", scratch_directory(), number++, suffix) > 0);
	return name;
}

char *file_read(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0, got;
	char chunk[4096];

	if (!file)
		return NULL;
	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0) {
		text = realloc(text, size + got + 1);
		assert_non_null(text);
		memcpy(text + size, chunk, got);
		size += got;
	}
	fclose(file);
	if (!text)
		return strdup("");
	text[size] = '\0';
	return text;
}

/* Lines that are there by chance. librdkafka's begin with "%4|". greenlet's two tell of one
 * that had just begun when Python ended: Debian 13's printed them without the shim. */
static bool is_by_chance(const char *line)
{
	static const char *const greenlets[] = {
		"greenlet: inner_bootstrap threw unknown exception",
		"greenlet: WARNING: Interpreter is finalizing. Ignoring call to Py_AddPending",
	};

	for (size_t i = 0; i < sizeof(greenlets) / sizeof(*greenlets); i++)
		if (strncmp(line, greenlets[i], strlen(greenlets[i])) == 0)
			return true;
	return line[0] == '%' && line[1] >= '0' && line[1] <= '7' && line[2] == '|';
}

static void drop_lines_of_chance(char *text)
{
	char *to = text;

	for (char *line = text; *line;) {
		size_t length = strcspn(line, "\n");

		if (line[length])
			length++;
		if (!is_by_chance(line)) {
			memmove(to, line, length);
			to += length;
		}
		line += length;
	}
	*to = '\0';
}

/* Python 3.12 and later warn of a fork() beside threads, and name the process. */
static void drop_numbers(char *text)
{
	static const char before[] = "(pid=";

	for (char *at = text; (at = strstr(at, before));) {
		at += sizeof(before) - 1;
		memmove(at, at + strspn(at, "0123456789"),
			strlen(at + strspn(at, "0123456789")) + 1);
	}
}

/* Where the broker's address belongs: "@" alone, behind "http://", or last in a list. */
static const char *place_of(const char *word)
{
	const char *scheme = strstr(word, "://@"), *last = strrchr(word, ',');

	if (strcmp(word, "@") == 0)
		return word;
	if (scheme)
		return scheme + 3;
	return last && strcmp(last, ",@") == 0 ? last + 1 : NULL;
}

static char *word_of(const char *word, const char *address)
{
	const char *at = place_of(word);
	char *filled;

	if (!at || !address)
		return strdup(word);
	assert_true(asprintf(&filled, "%.*s%s%s", (int)(at - word), word, address, at + 1) > 0);
	return filled;
}

static void words_of(const char *command, const char *address, char *words[WORDS])
{
	char *copy = strdup(command);
	char *save = NULL;
	int count = 0;

	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		assert_true(count < WORDS - 1);
		words[count++] = word_of(word, address);
	}
	words[count] = NULL;
	free(copy);
}

static pid_t spawn(const char *command, const char *address, const char *out, const char *err)
{
	posix_spawn_file_actions_t actions;
	char *words[WORDS];
	pid_t pid;
	int error;

	words_of(command, address, words);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	/* The broker's sockets are not the program's. */
	posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	error = posix_spawnp(&pid, words[0], &actions, NULL, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	for (int i = 0; words[i]; i++)
		free(words[i]);
	if (error)
		fail_msg("cannot start '%s': %s", command, strerror(error));
	return pid;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int wait_for(pid_t pid, const char *command)
{
	int64_t until = now_ms() + PATIENCE_S * 1000;
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (now_ms() > until) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			fail_msg("'%s' had not ended after %d s", command, PATIENCE_S);
		}
		usleep(1000);
	}
	return status;
}

pid_t program_start(const char *command, const char *address, const char *out)
{
	return spawn(command, address, out, "/dev/null");
}

pid_t program_start_traced(const char *host, const char *traces, const char *address)
{
	char *command, *out = scratch_name(".out");

	assert_true(asprintf(&command, "env LD_PRELOAD=%s UNFLUSHED_DIR=%s %s/%s", PATH_SHIM,
			     traces, PATH_HOSTS, host) > 0);
	pid_t started = program_start(command, address, out);

	free(command);
	free(out);
	return started;
}

struct ended program_run(const char *command, const char *address)
{
	char *out = scratch_name(".out"), *err = scratch_name(".err");
	struct ended ended = {.status = wait_for(spawn(command, address, out, err), command)};

	ended.out = file_read(out);
	ended.err = file_read(err);
	drop_lines_of_chance(ended.err);
	drop_numbers(ended.err);
	unlink(out);
	unlink(err);
	free(out);
	free(err);
	return ended;
}

struct ended tool_run(const char *arguments, ...)
{
	char *filled, *command;
	struct ended ended;
	va_list list;

	va_start(list, arguments);
	assert_true(vasprintf(&filled, arguments, list) >= 0);
	va_end(list);
	assert_true(asprintf(&command, "%s %s", PATH_TOOL, filled) > 0);
	ended = program_run(command, NULL);
	free(filled);
	free(command);
	return ended;
}

int exit_code(const struct ended *ended)
{
	if (!WIFEXITED(ended->status))
		fail_msg("ended by signal %d; stderr: %s", WTERMSIG(ended->status), ended->err);
	return WEXITSTATUS(ended->status);
}

void ended_free(struct ended *ended)
{
	free(ended->out);
	free(ended->err);
	ended->out = ended->err = NULL;
}
