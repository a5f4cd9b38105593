/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handover.h - connections of which another process has a descriptor, too, or may have one:
 * after a fork, an exec, or by SCM_RIGHTS.
 */
#ifndef UNFLUSHED_SOCKET_HANDOVER_H
#define UNFLUSHED_SOCKET_HANDOVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "format/format.h"
#include "socket/state.h"

/* The connections that were handed over, for handover_undo(). */
struct handover {
	struct socket_rows rows;
	int64_t began_ns;
};

/* Whether another process gets what `fd` names. */
typedef bool handover_reach(int fd, const void *context);

/*
 * Marks all open connections with a descriptor for which `reaches` is true: from now on another
 * process may have them. To be called before the other process can run. handover_undo() takes
 * the marks back when it never ran (the fork or exec failed). While RECORDING.
 */
void handover_begin(struct handover *handover, handover_reach *reaches, const void *context);
void handover_undo(const struct handover *handover);

bool handover_reaches_all(int fd, const void *context);	 /* a fork */
bool handover_reaches_exec(int fd, const void *context); /* an exec leaves it open */

/* The same of one connection, and of those that are passed in a message. */
void handover_one(int fd);
void handover_passed(const struct msghdr *message);

/* The connection ends here: clears SOCKET_SHARED if all that may have had it, too, are forked
 * children that have reported that they gave it up. */
void handover_settle(struct trace_socket *row);

/* ---- fork_board.c: where forked children report that they gave a connection up ---- */

/* A connection has come into this row, or gone. */
void fork_board_follow(uint32_t index, int fd);
void fork_board_forget(uint32_t index);

/* True when `shares`, the times that another process may have got the connection, is the number
 * of children that have given it up. */
bool fork_board_all_gave_up(uint32_t index, uint32_t shares);

/* In the child. Forked: it has been forked. Spoil: it may have given a connection to a third
 * process, so what it reports counts no more. Give up: an exec is about to close connections.
 * Take back: that exec failed. */
void fork_board_forked(void);
void fork_board_spoil(void);
void fork_board_give_up(struct socket_rows *given_up); /* adds those that it gave up */
void fork_board_take_back(const struct socket_rows *given_up);

#endif
