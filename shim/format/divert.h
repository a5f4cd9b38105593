/* SPDX-License-Identifier: Apache-2.0 */
/*
 * divert.h - what the guest says first on a connection that it has led to the relay of
 * `run --prove`: before any byte of the host's, in the machine's own byte order.
 */
#ifndef UNFLUSHED_FORMAT_DIVERT_H
#define UNFLUSHED_FORMAT_DIVERT_H

#include "format/format_word.h"

#define DIVERT_MAGIC "UNFDIV\x1a" /* 8 bytes, with its NUL */

struct divert_hello {
	char magic[8];
	/* Whose connection it is: as in SECTION_PROCESS of that process's trace, */
	uint8_t run[16]; /* as in the header of its trace: a stranger does not know it */
	int32_t pid;
	uint32_t socket; /* and its row of SECTION_SOCKET there */
	uint64_t start_ticks;
	int64_t monotonic_ns;
	/* Whom it was connected to. */
	uint8_t peer_address[16]; /* IPv4 is mapped into IPv6 */
	uint16_t peer_port;	  /* host order */
	uint8_t spare[6];
};

TRACE_SIZE_IS(divert_hello, 72);

#endif
