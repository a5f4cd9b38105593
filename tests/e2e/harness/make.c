/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make.c - builds programs in the test, because they need other options than
 * the rest of the build.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *try_to_make(const char *command, char *path, char **why)
{
	struct ended made = program_run(command, NULL);

	if (exit_code(&made) == 0) {
		ended_free(&made);
		return path;
	}
	*why = strdup(made.err);
	ended_free(&made);
	free(path);
	return NULL;
}

static char *make(const char *compiler, const char *source, const char *libraries, char **why)
{
	char *path = scratch_name(".program"), *command;

	assert_true(asprintf(&command, "%s -I%s -o %s %s/%s %s", compiler, PATH_HOST_SOURCES,
			     path, PATH_HOST_SOURCES, source, libraries) > 0);
	path = try_to_make(command, path, why);
	free(command);
	return path;
}

char *program_make(const char *compiler, const char *source, const char *libraries)
{
	char *why, *path = make(compiler, source, libraries, &why);

	if (!path)
		fail_msg("%s %s: %s", compiler, source, why);
	return path;
}

char *program_make_if(const char *compiler, const char *source, const char *libraries)
{
	char *why, *path = make(compiler, source, libraries, &why);

	if (!path)
		skip_because("'%s' does not link here: %.200s", compiler, why);
	return path;
}
