/* SPDX-License-Identifier: Apache-2.0 */
/*
 * io_uring.h - bytes that the host sent without calling any function of calls.def.
 *
 * A program hands writes to an io_uring through shared memory, without a call of libc. What a
 * connection sent that way, or by a raw system call, is found by comparing TCP's own count of
 * bytes (TCP_INFO) with the guest's.
 */
#ifndef UNFLUSHED_SOCKET_IO_URING_H
#define UNFLUSHED_SOCKET_IO_URING_H

#include "socket/kernel.h"

/* Notes whether a ring is mapped into this process: a look at /proc/self/maps, which takes 30
 * us and more, and which a program that has confined itself may not be allowed. So only at the
 * first connection, where files are opened anyway, and when TCP has taken bytes that the guest
 * did not count. A ring that is made later and makes its own connections is missed. */
void io_uring_look(void);

/* Bytes that TCP accepted on a connection and the guest did not count; -1: not known. */
int64_t io_uring_unseen_bytes(const struct trace_socket *row, const struct socket_tcp *tcp,
			      int32_t unacknowledged);

/* The process is leaving: follows the connections that a ring may have opened. */
void io_uring_follow(void);

#endif
