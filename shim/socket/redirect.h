/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redirect.h - sends connects to the embedded broker, when the tool asked.
 *
 * The one thing by which the guest changes what a host does: off unless
 * UNFLUSHED_REDIRECT is set, and named in the trace.
 */
#ifndef UNFLUSHED_SOCKET_REDIRECT_H
#define UNFLUSHED_SOCKET_REDIRECT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "format/format.h"

struct redirect_target {
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	socklen_t bytes;
	uint16_t from_port; /* host order */
};

/* True if a connect to `to` is to be redirected: *target is where to. */
bool redirect_connect(const struct sockaddr *to, struct redirect_target *target);

/* The address in the family of the socket that connects. */
const struct sockaddr *redirect_address(const struct redirect_target *target,
					const struct sockaddr *to);

/* Writes down that this connection was redirected. */
void redirect_note(struct trace_socket *row, const struct redirect_target *target);

#endif
