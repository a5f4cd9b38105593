/* SPDX-License-Identifier: Apache-2.0 */
/*
 * search.c - see search.h.
 */
#include "program/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_executable(const char *path)
{
	struct stat stat_now;

	return stat(path, &stat_now) == 0 && S_ISREG(stat_now.st_mode) &&
	       access(path, X_OK) == 0;
}

bool search_program(const char *program, char *path, size_t path_bytes)
{
	const char *folders = getenv("PATH");

	if (strchr(program, '/')) {
		snprintf(path, path_bytes, "%s", program);
		return access(path, F_OK) == 0;
	}
	if (!folders)
		folders = "/bin:/usr/bin"; /* execvp()'s default */
	while (*program) {
		size_t length = strcspn(folders, ":");
		int made = length ? snprintf(path, path_bytes, "%.*s/%s", (int)length, folders,
					     program)
				  : snprintf(path, path_bytes, "./%s", program);

		if (made > 0 && (size_t)made < path_bytes && is_executable(path))
			return true;
		if (!folders[length])
			break;
		folders += length + 1;
	}
	return false;
}
