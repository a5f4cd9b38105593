/* SPDX-License-Identifier: Apache-2.0 */
/*
 * step_summary.c - see step_summary.h.
 */
#include "output/step_summary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "say/say.h"

/* Appends all bytes or none; false, with errno. */
static bool append(int file, const char *text, size_t bytes)
{
	struct stat before;
	ssize_t wrote;

	if (fstat(file, &before) != 0)
		return false;
	for (size_t at = 0; at < bytes; at += (size_t)wrote) {
		wrote = write(file, text + at, bytes - at);
		if (wrote < 0 && errno == EINTR) {
			wrote = 0;
		} else if (wrote < 0) {
			int error = errno;

			/* An incomplete page would cut a table in two, so it is removed. */
			if (S_ISREG(before.st_mode) && ftruncate(file, before.st_size) != 0)
				say("a part of the summary is in '%s'",
				    getenv("GITHUB_STEP_SUMMARY"));
			errno = error;
			return false;
		}
	}
	return true;
}

static bool write_to(const char *path, const char *text, size_t bytes)
{
	int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	bool done = file >= 0 && append(file, text, bytes);
	int error = errno;

	if (file >= 0 && close(file) != 0 && done) {
		error = errno;
		done = false;
	}
	if (!done)
		say("cannot write '%s': %s", path, strerror(error));
	return done;
}

bool step_summary_append(struct run *run, const struct render_options *options)
{
	const char *path = getenv("GITHUB_STEP_SUMMARY");
	char *text = NULL;
	size_t bytes = 0;
	FILE *page;

	if (!path || !*path)
		return true;
	page = open_memstream(&text, &bytes);
	if (!page)
		say_out_of_memory();
	/* The file may end in the middle of a line. */
	fputc('\n', page);
	render_markdown(run, options, page);
	if (fclose(page) != 0)
		say_out_of_memory();
	bool done = write_to(path, text, bytes);

	free(text);
	return done;
}
