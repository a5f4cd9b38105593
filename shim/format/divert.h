/* SPDX-License-Identifier: Apache-2.0 */
/*
 * divert.h - the first bytes on a connection that the guest has led to the relay of
 * `run --prove`: the guest sends them before any byte of the host, with numbers in the byte
 * order of the machine.
 */
#ifndef UNFLUSHED_FORMAT_DIVERT_H
#define UNFLUSHED_FORMAT_DIVERT_H

#include "format/format_word.h"

#define DIVERT_MAGIC "UNFDIV\x1a" /* 8 bytes, with its NUL */

struct divert_hello {
	char magic[8];
	/* The process that connects; pid and clocks are those of SECTION_PROCESS in its trace.
	 */
	uint8_t run[16]; /* as in the header of its trace; the relay refuses any other */
	int32_t pid;
	uint32_t socket; /* the connection's row of SECTION_SOCKET in that trace */
	uint64_t start_ticks;
	int64_t monotonic_ns;
	/* The broker that the host had connected to. */
	uint8_t peer_address[16]; /* IPv4 is mapped into IPv6 */
	uint16_t peer_port;	  /* host order */
	uint8_t spare[6];
};

TRACE_SIZE_IS(divert_hello, 72);

#endif
