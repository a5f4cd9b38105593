/* SPDX-License-Identifier: Apache-2.0 */
/*
 * setting_effects.h - what the settings of a socket led to.
 *
 * That a timeout or a cork is set says little: most never matter. Here is
 * written down that one did: sends that gave up after SO_SNDTIMEO, ends of
 * messages that TCP_CORK held, the error that ended a connection. (Stalls
 * by TCP_NOTSENT_LOWAT are stalls: stall.c.) All of it off the path of a
 * write that goes.
 */
#ifndef UNFLUSHED_SOCKET_SETTING_EFFECTS_H
#define UNFLUSHED_SOCKET_SETTING_EFFECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "format/format.h"
#include "socket/kernel.h"

/* A blocking write ended after `took_ns` with `not_taken` bytes left: counts it as timed out,
 * if SO_SNDTIMEO is set and about as much time has passed. */
void setting_effects_fell_short(struct trace_socket *row, int64_t took_ns, uint64_t not_taken);

/* The kernel took bytes again: clears SOCKET_SEND_GAVE_UP. */
void setting_effects_went_on(struct trace_socket *row);

/* An answer has come on a corked connection that was written to. */
void setting_effects_answered(int fd, struct trace_socket *row, int64_t now_ns);

/* A call on the connection failed with `error` (errno). The first error that ends a connection
 * for good is noted in its row. */
void setting_effects_failed(struct trace_socket *row, int error);

/* The connection ends. */
void setting_effects_ended(struct trace_socket *row, const struct socket_tcp *tcp,
			   int64_t now_ns);

#endif
