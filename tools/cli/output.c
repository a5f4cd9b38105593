/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.c - see output.h.
 */
#include "cli/output.h"

#include <errno.h>
#include <string.h>

#include "cli/say.h"

static FILE *stream_of(enum output_place place)
{
	if (place == OUTPUT_NOWHERE)
		return NULL;
	return place == OUTPUT_STDOUT ? stdout : stderr;
}

bool output_open(struct output *output, const char *path, enum output_place otherwise)
{
	*output = (struct output){.file = stream_of(otherwise)};
	if (!path)
		return true;
	output->own = strcmp(path, "-") != 0;
	output->file = output->own ? fopen(path, "we") : stdout;
	if (!output->file)
		say("cannot write '%s': %s", path, strerror(errno));
	return output->file != NULL;
}

static void remember(struct output *output, bool failed)
{
	if (failed && !output->error)
		output->error = errno;
}

bool output_end(struct output *output, const char *what)
{
	if (!output->file)
		return true;
	remember(output, fflush(output->file) != 0);
	/* Of a write that failed before, stdio keeps that, but not why. */
	bool failed = output->error || ferror(output->file);

	if (output->own && fclose(output->file) != 0) {
		remember(output, true);
		failed = true;
	}
	output->file = NULL;
	if (failed)
		say("cannot write %s: %s", what,
		    output->error ? strerror(output->error)
				  : "a part of it could not be written");
	return !failed;
}
