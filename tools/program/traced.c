/* SPDX-License-Identifier: Apache-2.0 */
/*
 * traced.c - see traced.h.
 *
 * A trace is mapped as long as its process lives, but its descriptor is closed
 * at once: so the trace is found in /proc/PID/maps.
 */
#include "program/traced.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "format/format.h"

#define GONE " (deleted)" /* the kernel appends this to the name of a removed file */

static bool ends_with(const char *text, const char *ending)
{
	size_t length = strlen(text), bytes = strlen(ending);

	return length > bytes && !strcmp(text + length - bytes, ending);
}

/* Parses a line of maps ("7f..-7f.. rw-s 00000000 fe:01 4711    /path"): returns the file's
 * path if it may be a trace. */
static char *mapped_trace(char *line, uint64_t *inode)
{
	char *path = strchr(line, '/');

	if (!path || sscanf(line, "%*s %*s %*s %*s %" SCNu64, inode) != 1)
		return NULL;
	path[strcspn(path, "\n")] = '\0';
	return ends_with(path, TRACE_SUFFIX) || ends_with(path, TRACE_SUFFIX GONE) ? path
										   : NULL;
}

static bool is_file(const char *path, uint64_t inode)
{
	struct stat about;

	return stat(path, &about) == 0 && about.st_ino == inode;
}

/* Finds a path for this process: the same one, or one below /proc/PID/root. */
static bool name_here(pid_t pid, const char *path, uint64_t inode, char *here, size_t bytes)
{
	int length = snprintf(here, bytes, "%s", path);

	if (length > 0 && (size_t)length < bytes && is_file(here, inode))
		return true;
	length = snprintf(here, bytes, "/proc/%d/root%s", (int)pid, path);
	return length > 0 && (size_t)length < bytes && is_file(here, inode);
}

/* NULL: the trace's path is in `path`. A mapping does not outlive an exec, so a process has
 * one trace. */
static const char *search(FILE *maps, pid_t pid, char *path, size_t bytes)
{
	const char *why = "it has no trace: it sent and produced nothing yet, or the shim is "
			  "not in it";
	char *line = NULL, *found;
	size_t size = 0;
	uint64_t inode;

	while (getline(&line, &size, maps) > 0) {
		found = mapped_trace(line, &inode);
		if (!found)
			continue;
		if (name_here(pid, found, inode, path, bytes)) {
			why = NULL;
			break;
		}
		why = "its trace has been removed, or is not to be reached from here";
	}
	free(line);
	return why;
}

bool traced_find(pid_t pid, char *path, size_t bytes, const char **why)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/%d/maps", (int)pid);
	FILE *maps = fopen(name, "re");

	*why = !maps ? (errno == ENOENT ? "there is no such file and no such process"
					: strerror(errno))
		     : search(maps, pid, path, bytes);
	if (*why)
		path[0] = '\0';
	if (maps)
		fclose(maps);
	return !*why;
}
