/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shrunk.h - survives a mapped file that is truncated while it is read.
 *
 * Each access behind its new end raises SIGBUS. Between begin and end a handler replaces the
 * missing page by one of zeros instead, so that the reader finds a damaged file. For libraries
 * that map files by themselves; our own code uses pread (regular.h). Calls can be nested.
 */
#ifndef UNFLUSHED_FILE_SHRUNK_H
#define UNFLUSHED_FILE_SHRUNK_H

void shrunk_begin(void);
void shrunk_end(void);

#endif
