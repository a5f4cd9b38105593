/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ending.h - the last samples of a connection that ends (SIOCOUTQ, FIONREAD, TCP_INFO).
 *
 * Taken before the real call: after it another thread may already have got the descriptor's
 * number for something else.
 */
#ifndef UNFLUSHED_SOCKET_ENDING_H
#define UNFLUSHED_SOCKET_ENDING_H

#include "format/format.h"

/* `fd` is about to be closed (or replaced): ends the connection with the last
 * descriptor that names it. Nothing if it is not followed. */
void socket_close(int fd, enum trace_socket_end end);

/* The same of every followed descriptor in [first, last]. */
void socket_close_range(unsigned first, unsigned last);

/* The process is leaving: takes the same look at every open connection, which stays usable if
 * the process runs on. */
void socket_end_all(void);

#endif
