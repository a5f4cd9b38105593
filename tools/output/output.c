/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.c - see output.h.
 */
#include "output/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "say/say.h"

static FILE *stream_of(enum output_place place)
{
	if (place == OUTPUT_NOWHERE)
		return NULL;
	return place == OUTPUT_STDOUT ? stdout : stderr;
}

/* The number in a text of only digits; -1: it is something else. */
static int number_of(const char *words)
{
	size_t digits = strspn(words, "0123456789");

	return digits && !words[digits] && digits < 9 ? atoi(words) : -1;
}

int output_descriptor(const char *path)
{
	static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};

	if (!strcmp(path, "-") || !strcmp(path, "/dev/stdout"))
		return STDOUT_FILENO;
	if (!strcmp(path, "/dev/stderr"))
		return STDERR_FILENO;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (!strncmp(path, folders[i], strlen(folders[i])))
			return number_of(path + strlen(folders[i]));
	return -1;
}

/* Opening the descriptor by its name would truncate a file to which the shell has already
 * written. */
static FILE *descriptor_open(int number)
{
	int copy = fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	FILE *file = copy < 0 ? NULL : fdopen(copy, "w");
	int error = errno;

	if (!file && copy >= 0)
		close(copy);
	errno = error;
	return file;
}

/* Opens a device or a pipe. */
static FILE *direct_open(const char *path)
{
	int opened = open(path, O_WRONLY | O_TRUNC | O_NOCTTY | O_CLOEXEC);
	FILE *file;

	if (opened < 0)
		return NULL;
	file = descriptor_open(opened);
	close(opened);
	return file;
}

static FILE *path_open(struct output *output)
{
	int number = output_descriptor(output->path);
	FILE *file;

	if (number >= 0)
		return descriptor_open(number);
	if (!whole_file_suits(output->path))
		return direct_open(output->path);
	output->is_whole = whole_file_open(&output->whole, output->path, &file);
	return output->is_whole ? file : NULL;
}

bool output_open(struct output *output, const char *path, enum output_place otherwise)
{
	*output = (struct output){.path = path, .file = stream_of(otherwise)};
	if (!path)
		return true;
	output->own = strcmp(path, "-") != 0;
	output->file = output->own ? path_open(output) : stdout;
	if (!output->file)
		say("cannot write '%s': %s", path, strerror(errno));
	return output->file != NULL;
}

static void remember(struct output *output, bool failed)
{
	if (failed && !output->error)
		output->error = errno;
}

/* Gives the file its name, or removes it. */
static bool close_own(struct output *output, bool failed)
{
	if (!output->is_whole)
		return fclose(output->file) == 0;
	if (!failed)
		return whole_file_keep(&output->whole, output->file);
	whole_file_drop(&output->whole, output->file);
	return true;
}

bool output_end(struct output *output, const char *what)
{
	if (!output->file)
		return true;
	remember(output, fflush(output->file) != 0);
	/* stdio keeps the fact that an earlier write failed, but not its errno. */
	bool failed = output->error || output->why || ferror(output->file);

	if (output->own && !close_own(output, failed)) {
		remember(output, true);
		failed = true;
	}
	output->file = NULL;
	if (!failed)
		return true;
	const char *why = output->why	  ? output->why
			  : output->error ? strerror(output->error)
					  : "a part of it could not be written";
	if (output->own)
		say("cannot write '%s': %s", output->path, why);
	else
		say("cannot write %s: %s", what, why);
	return false;
}

void output_drop(struct output *output)
{
	if (output->file && output->own)
		close_own(output, true);
	output->file = NULL;
}

static bool whole_file_try(const char *path)
{
	struct whole_file file;
	FILE *out;

	if (!whole_file_open(&file, path, &out))
		return false;
	whole_file_drop(&file, out);
	return true;
}

bool output_try(const char *path)
{
	int number = output_descriptor(path);
	bool can = number >= 0		    ? fcntl(number, F_GETFL) >= 0
		   : whole_file_suits(path) ? whole_file_try(path)
					    : eaccess(path, W_OK) == 0;

	if (!can)
		say("cannot write '%s': %s", path, strerror(errno));
	return can;
}
