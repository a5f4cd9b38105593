/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sparse.h - frees the disk blocks of a file that contain only zeros.
 *
 * All blocks of a trace are allocated when it is made, so that a full disk cannot kill its
 * process: a write to a mapped page for which there is no block raises SIGBUS. Once no process
 * has it mapped, blocks that were never written to can be freed: they read as zeros, as before.
 */
#ifndef UNFLUSHED_FILE_SPARSE_H
#define UNFLUSHED_FILE_SPARSE_H

#include <stdbool.h>

/*
 * The file's bytes, length and mode stay the same. False with errno, when nothing or only a
 * part was freed: EAGAIN, a process has it open or mapped for writing; EOPNOTSUPP and others,
 * the file system cannot free blocks, or cannot tell who has the file open; ESTALE, it is
 * another file by now.
 */
bool sparse_make(const char *path);

#endif
