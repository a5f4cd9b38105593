/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scratch.c - a directory for the files that a unit test makes
 */
#include "scratch.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testing.h"

static char folder[64];

int scratch_make(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/unflushed-unit-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

int scratch_remove(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

const char *scratch_path(const char *name)
{
	static char paths[16][512];
	static unsigned next;
	char *path = paths[next++ % 16];

	assert_true(folder[0]); /* else it would lie in the root */
	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

const char *scratch_write(const char *name, const char *text)
{
	const char *path = scratch_path(name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return path;
}

void scratch_shell(const char *words, ...)
{
	char command[2048];
	va_list list;
	int at = snprintf(command, sizeof(command), "cd '%s' && ", folder);

	va_start(list, words);
	vsnprintf(command + at, sizeof(command) - (size_t)at, words, list);
	va_end(list);
	if (system(command) != 0)
		fail_msg("this failed: %s", command);
}
