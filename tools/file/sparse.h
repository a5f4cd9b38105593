/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sparse.h - gives back the disk that a file takes for nothing but zeros.
 *
 * A trace has all of its disk from the start, so that its process cannot die of a full one:
 * a write to a mapped page that there is no block for is a SIGBUS. When nobody has it mapped
 * any more, what was never written to can go: reading it gives zeros, as before.
 */
#ifndef UNFLUSHED_FILE_SPARSE_H
#define UNFLUSHED_FILE_SPARSE_H

#include <stdbool.h>

/*
 * Its bytes, its length and its rights stay as they are. False, with errno, and the file is as
 * it was or has less disk already: EAGAIN, some process has it open or mapped to write;
 * EOPNOTSUPP and others, its file system cannot do it, or not tell; ESTALE, it is another file
 * by now.
 */
bool sparse_make(const char *path);

#endif
