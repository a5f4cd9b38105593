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

/* A write that blocked for so long left that many bytes: was it its timeout? */
void setting_effects_fell_short(struct trace_socket *row, int64_t took_ns, uint64_t not_taken);

/* Something was taken again. */
void setting_effects_went_on(struct trace_socket *row);

/* An answer has come on a corked connection that was written to. */
void setting_effects_answered(int fd, struct trace_socket *row, int64_t now_ns);

/* A call failed: if that was for good, the first such error says how the connection ended. */
void setting_effects_failed(struct trace_socket *row, int error);

/* The connection ends. */
void setting_effects_ended(struct trace_socket *row, const struct socket_tcp *tcp,
			   int64_t now_ns);

#endif
