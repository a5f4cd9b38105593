/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regular.h - opens a file that somebody else named.
 *
 * The name may come out of a trace, a directory or another process, so a fifo may lie there,
 * a device that does something when it is opened, or a terminal. Only a regular file is
 * opened, and nobody is waited for.
 */
#ifndef UNFLUSHED_FILE_REGULAR_H
#define UNFLUSHED_FILE_REGULAR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* What regular_open() fails with when something else lies there, beside EISDIR. */
#define REGULAR_IS_NOT ESPIPE

/* `flags`: O_RDONLY or O_RDWR, and O_NOFOLLOW. The descriptor, and what it is in *about; or
 * -1 with errno. */
int regular_open(const char *path, int flags, struct stat *about);

/*
 * A second descriptor, to write with, of what `fd` is open to read and *about tells, also where
 * nobody has the right to write: its owner and root may take that for as long as it needs. The
 * rights are afterwards what they were. -1: with errno, or the name is another file's by now.
 */
int regular_open_again(const char *path, int fd, const struct stat *about);

/* "is a directory", "is not a regular file"; NULL for the errno of a system call. */
const char *regular_is(int error);

/* Whoever opens this name without us gets a regular file, or nothing at once. */
bool regular_or_absent(const char *path);

/* So many of the `bytes` bytes from `at` on as are there; less: the file ends there, or errno
 * is not 0. */
size_t regular_read(int fd, void *to, size_t bytes, off_t at);

/*
 * May what is written there excuse a program? It is a file of the user's, of root's, or of
 * whoever the current folder belongs to (a checkout that a container's root works in), and
 * not everybody may write to it. A file that is not there is nobody's: false.
 */
bool regular_is_trusted(const char *path);

/* All of a file, for free(); *bytes of it, and one more that is 0. NULL: it is none that can be
 * read, or has more than `most` bytes, and *why says so ("is a directory"); a text of the
 * C library's, or one that lives for ever. */
char *regular_all(const char *path, size_t most, size_t *bytes, const char **why);

#endif
