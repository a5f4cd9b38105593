/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack.h - many traces in one small file; the file, byte for byte, and how it is written.
 *
 * A tar (POSIX pax) compressed by zstd, which `tar --zstd -x` can read, too:
 *
 *	frame   frame   ...   frame         zstd (RFC 8878), each with its checksum
 *	[member member] ... [member end]    whole members of the tar in each
 *
 *	a member is   NAME.trace            of a process that had ended, or
 *	              running/NAME.trace    of one that ran: the trace as it was then
 *	its size      of the trace, in bytes, at most READER_BYTES_MAX (64 MiB; a trace of this
 *	              version has TRACE_BYTES_MAX, 2 MiB, at most)
 *	its time      when the trace was last written to, whole seconds since 1970
 *	its owner     0, its mode 0400
 *	its data      sparse (GNU.sparse 1.0): pages of 4096 bytes that are zeros are left out
 *
 * Members are in the order of their names, by bytes. Nothing in the file
 * depends on the machine or the present time: the same traces make the same
 * bytes (with the same versions of zstd and libarchive). A frame ends with the
 * member that makes it PACK_FRAME_BYTES long, so that damage costs a few traces
 * and not all that follow.
 *
 * unpack.h reads any tar compressed by zstd, whichever program made it.
 */
#ifndef UNFLUSHED_PACK_H
#define UNFLUSHED_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PACK_SUFFIX ".traces.tar.zst" /* in a directory, packed files are found by it */
#define PACK_RUNNING "running/"
#define PACK_FRAME_BYTES ((size_t)1 << 20)

struct pack;

/* The caller keeps `out`. `any_name`: a name has bytes beyond ASCII, so all names are
 * marked as bytes (hdrcharset=BINARY); `tar` prints that it ignores that. NULL: there is
 * no memory. */
struct pack *pack_begin(FILE *out, bool any_name);
/* Adds a trace. `name`: without PACK_RUNNING; the caller adds traces in the order of their
 * names. False: pack_why() says why, and nothing more can be added. */
bool pack_add(struct pack *pack, const char *name, bool running, int64_t mtime_s,
	      const uint8_t *bytes, size_t size);
/* Ends the archive; pack_free() must be called as well. */
bool pack_end(struct pack *pack);
void pack_free(struct pack *pack);

/* A clause about what failed. */
const char *pack_why(const struct pack *pack);

#endif
