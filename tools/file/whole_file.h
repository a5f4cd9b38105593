/* SPDX-License-Identifier: Apache-2.0 */
/*
 * whole_file.h - a file that gets its name only when all of it is written.
 *
 * It is written under a temporary name in the same folder, and renamed at the end: a reader of
 * the name sees the old file or all of the new one, never a part. The temporary file is removed
 * after an error, and when a signal ends the program (SIGHUP, SIGINT, SIGQUIT, SIGTERM,
 *SIGPIPE, SIGXCPU, SIGXFSZ), unless that is ignored or blocked. After SIGKILL it stays: its
 *name is
 * ".unflushed-" and 16 hexadecimal digits.
 *
 *	if (!whole_file_open(&file, path, &out))
 *		return errno;
 *	fprintf(out, ...);
 *	good ? whole_file_keep(&file, out) : whole_file_drop(&file, out);
 */
#ifndef UNFLUSHED_FILE_WHOLE_FILE_H
#define UNFLUSHED_FILE_WHOLE_FILE_H

#include <stdbool.h>
#include <stdio.h>

struct whole_file {
	char *path;	 /* its final name; symbolic links are followed */
	char *temporary; /* its present name; NULL: it is not open */
	struct whole_file *next;
};

/* Whether the file can be replaced: it is a regular file and no mount point, or does not exist.
 * Any other (a device, a pipe, a file that is mounted into a container) can only be written
 * into. */
bool whole_file_suits(const char *path);

/* Opens it for writing. False, with errno: it cannot be written. An existing file that may not
 * be written is not replaced either (EACCES). The new file gets the old one's mode and, as far
 * as that is permitted, its owner. `file` must stay at its address until it is kept or
 * dropped. */
bool whole_file_open(struct whole_file *file, const char *path, FILE **out);
/* Closes the file and gives it its name. False, with errno: the new file was removed, and an
 * old file of that name is still there. */
bool whole_file_keep(struct whole_file *file, FILE *out);
/* The same, but fails with EEXIST if a file of that name exists by now. */
bool whole_file_keep_new(struct whole_file *file, FILE *out);
/* Closes and removes it. errno does not change. */
void whole_file_drop(struct whole_file *file, FILE *out);

/* Removes all files that are open; to be called before the program is ended at once.
 * Async-signal-safe. */
void whole_file_drop_all(void);

#endif
