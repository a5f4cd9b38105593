/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.c - see state.h.
 */
#include "socket/state.h"

GUEST_STATE(struct socket_state, socket_state);
GUEST_THREAD(struct socket_thread, socket_thread);
