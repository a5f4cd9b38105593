/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handover.h - connections that another process has, too, or may have.
 */
#ifndef UNFLUSHED_SOCKET_HANDOVER_H
#define UNFLUSHED_SOCKET_HANDOVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "format/format.h"
#include "socket/state.h"

/* What was handed over, so that it can be taken back. */
struct handover {
	struct socket_rows rows;
	int64_t began_ns;
};

/* Whether another process gets what `fd` names. */
typedef bool handover_reach(int fd, const void *context);

/*
 * Another process may have these connections from here on: all that are open and
 * have a number that `reaches` it. Said before the other can run; taken back if it
 * never did. While RECORDING.
 */
void handover_begin(struct handover *handover, handover_reach *reaches, const void *context);
void handover_undo(const struct handover *handover);

bool handover_reaches_all(int fd, const void *context);	 /* a fork */
bool handover_reaches_exec(int fd, const void *context); /* an exec leaves it open */

/* The same of one connection, and of those that are passed in a message. */
void handover_one(int fd);
void handover_passed(const struct msghdr *message);

/* The connection ends: those that had it may have said that they have it no more. */
void handover_settle(struct trace_socket *row);

/* ---- fork_board.c: word from forked children that they have a connection no more ---- */

/* A connection has come into this row, or gone. */
void fork_board_follow(uint32_t index, int fd);
void fork_board_forget(uint32_t index);

/* True when as many children have given it up as another process may have it. */
bool fork_board_all_gave_up(uint32_t index, uint32_t shares);

/* In the child: it was forked; it did what may have given a connection to a third; it is
 * about to become another program; it has not. */
void fork_board_forked(void);
void fork_board_spoil(void);
void fork_board_give_up(struct socket_rows *given_up); /* adds those that it gave up */
void fork_board_take_back(const struct socket_rows *given_up);

#endif
