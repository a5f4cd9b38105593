/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regular.h - opens a file whose name is not trusted.
 *
 * The name may come from a trace, a directory or another process, so it may be a FIFO, a device
 * that does something when it is opened, or a terminal. Only a regular file is opened, and
 * open() never waits.
 */
#ifndef UNFLUSHED_FILE_REGULAR_H
#define UNFLUSHED_FILE_REGULAR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* regular_open() fails with this errno, or EISDIR, if the name is no regular file. */
#define REGULAR_IS_NOT ESPIPE

/* `flags`: O_RDONLY or O_RDWR, and O_NOFOLLOW. Returns the descriptor, with its fstat() in
 * *about; or -1 with errno. */
int regular_open(const char *path, int flags, struct stat *about);

/*
 * Opens a second descriptor, for writing, of the file that `fd` has open for
 * reading (*about is its fstat()), even if the file's mode does not permit
 * writing: its owner and root may change the mode for a moment. The mode is
 * restored afterwards. -1 with errno; also if the name belongs to another file
 * by now.
 */
int regular_open_again(const char *path, int fd, const struct stat *about);

/* "is a directory", "is not a regular file"; NULL for the errno of a system call. */
const char *regular_is(int error);

/* Whether the name is a regular file or does not exist: then other code can open it without
 * waiting. */
bool regular_or_absent(const char *path);

/* Reads `bytes` bytes from offset `at` on, and returns how many it read. If that is fewer, the
 * file ends there, or errno is not 0. */
size_t regular_read(int fd, void *to, size_t bytes, off_t at);

/*
 * Whether rules in this file may make a program pass: it belongs to the user,
 * to root, or to the owner of the current folder (a checkout in which a
 * container's root works), and not everybody may write to it. False if the file
 * does not exist.
 */
bool regular_is_trusted(const char *path);

/* Reads a whole file: *bytes bytes and one more that is 0; the caller frees it. NULL: it
 * cannot be read, or has more than `most` bytes; *why says so ("is a directory"), in a text of
 * strerror() or a constant. */
char *regular_all(const char *path, size_t most, size_t *bytes, const char **why);

#endif
