/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fork_board.h - word from forked children that they have their parent's connections no more.
 *
 * A fork gives a child everything, and most children become another program at once, which
 * has nothing of what is close-on-exec: the connection is then its parent's alone again.
 * Nobody but the child sees that, and it has no way to its parent's trace. So there is a
 * board, one word for each connection, in memory that a fork does not copy. A child that
 * execs says there what it gives up, if nothing of it can have gone on to a third process
 * meanwhile; in doubt it says nothing, and the connection counts as shared for good.
 */
#ifndef UNFLUSHED_SOCKET_FORK_BOARD_H
#define UNFLUSHED_SOCKET_FORK_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "socket/rows.h"

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
