/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shrunk.h - a mapped file that is cut off while it is read.
 *
 * Behind its new end every access is a SIGBUS. Between begin and end the missing page is
 * replaced by one of zeros instead, and whoever reads meets a damaged file. For libraries
 * that map files by themselves; our own code reads (regular.h). Begun twice, it ends twice.
 */
#ifndef UNFLUSHED_FILE_SHRUNK_H
#define UNFLUSHED_FILE_SHRUNK_H

void shrunk_begin(void);
void shrunk_end(void);

#endif
