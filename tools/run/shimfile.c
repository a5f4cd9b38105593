/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shimfile.c - finds the library that belongs to this program
 *
 * Looks beside the program first (a build tree, an unpacked archive, an install
 * prefix that was moved), then where it was configured to be installed. Never
 * searches LD_LIBRARY_PATH: a shim of another version must not be found.
 */
#include "run/shimfile.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHIM "libunflushed.so"

/* From the program's folder; the last is Debian's multiarch. */
static const char *const beside[] = {
	"../lib/" SHIM,
	"../lib64/" SHIM,
#if defined(__x86_64__)
	"../lib/x86_64-linux-gnu/" SHIM,
#elif defined(__aarch64__)
	"../lib/aarch64-linux-gnu/" SHIM,
#endif
};

static bool found(const char *candidate, char *path, size_t path_bytes)
{
	char real[PATH_MAX];

	if (!realpath(candidate, real) || access(real, R_OK) != 0 || strlen(real) >= path_bytes)
		return false;
	memcpy(path, real, strlen(real) + 1);
	return true;
}

bool shimfile_find(char *path, size_t path_bytes)
{
	char program[PATH_MAX], candidate[PATH_MAX + 64];
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (length > 0) {
		program[length] = '\0';
		*strrchr(program, '/') = '\0';
		for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
			snprintf(candidate, sizeof(candidate), "%s/%s", program, beside[i]);
			if (found(candidate, path, path_bytes))
				return true;
		}
	}
	return found(UNFLUSHED_LIBDIR "/" SHIM, path, path_bytes);
}
