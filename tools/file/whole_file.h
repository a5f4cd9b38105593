/* SPDX-License-Identifier: Apache-2.0 */
/*
 * whole_file.h - a file that gets its name only when all of it is written.
 *
 * It is written under a temporary name in the folder where it is to be, and renamed at the
 * end: who reads the name sees what was there before or all of the new, never a part. Its
 * temporary file is removed by an error, and by a signal that ends the program (SIGHUP,
 * SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGXCPU, SIGXFSZ), unless that is ignored or held back.
 * SIGKILL leaves it there: ".unflushed-" and 16 hexadecimal digits.
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
	char *path;	 /* what it is to be; symbolic links are followed */
	char *temporary; /* what it is; NULL: it is not open */
	struct whole_file *next;
};

/* Could it be replaced: a regular file that is no mount point, or nothing yet? What is not (a
 * device, a pipe, a file that a container has from outside) can only be written into. */
bool whole_file_suits(const char *path);

/* Opens it for writing. False, with errno: it cannot be written. An existing file that may
 * not be written is not replaced either (EACCES), and a new one has its mode and, as far as
 * that may be given, its owner. `file` must stay where it is until it is kept or dropped. */
bool whole_file_open(struct whole_file *file, const char *path, FILE **out);
/* Closes it and gives it its name. False, with errno: it is gone, and what was there is. */
bool whole_file_keep(struct whole_file *file, FILE *out);
/* The same, but what is there by now stays, and is EEXIST. */
bool whole_file_keep_new(struct whole_file *file, FILE *out);
/* Closes and removes it. errno stays. */
void whole_file_drop(struct whole_file *file, FILE *out);

/* Removes all that are open; for who ends the program at once. Async-signal-safe. */
void whole_file_drop_all(void);

#endif
