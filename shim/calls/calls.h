/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calls.h - what the rows of calls.def expand into for handlers: an id and a
 * function type per row, and the prototype of its handler.
 *
 * A handler never touches errno and never waits. It calls a function that has
 * a row in the table only through REAL().
 */
#ifndef UNFLUSHED_CALLS_CALLS_H
#define UNFLUSHED_CALLS_CALLS_H

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <librdkafka/rdkafka.h>

struct addrinfo;
struct epoll_event;
struct mmsghdr;
struct termios;
struct winsize;
struct copy; /* resolve.h */
struct guest_socket;

/* One call of the host, as its handler sees it. */
struct call {
	void *real;		 /* the function that the host would call without the guest */
	const void *caller;	 /* return address into the host */
	const void *frame;	 /* CFA of the entry function; KAFKA rows only */
	const struct copy *copy; /* of librdkafka; NULL for libc rows */
	int64_t began_ns; /* CLOCK_MONOTONIC; WRITE, and PRODUCE and WAIT that may wait */
	struct guest_socket *socket; /* WRITE: the socket, if it was followed before the call */
	int error;		     /* errno after the real call; BEFORE: before it */
	bool outermost;		     /* API: not called by librdkafka itself */
};

#define ROW(name, ...) CALL_##name,
enum call_id {
#include "calls/calls.def"
	CALL_COUNT,
};

/* The types of the functions, for REAL(). */
#define ROW(name, library, result, parameters) typedef result name##_fn parameters;
#include "calls/calls.def"

/* The function behind a call, with its type. */
#define REAL(name, call) ((name##_fn *)(call)->real)

/* The handlers. A variadic row's handler gets what follows as a va_list; glibc has an
 * on_exit() of its own. */
#define UNPACKED(...) __VA_ARGS__
/* clang-format off */
#define WATCH(name, library, result, parameters, ...) \
	void on_##name(const struct call *call, result given, UNPACKED parameters);
#define WATCH_NONE(name, library, result) \
	void on_##name(const struct call *call, result given);
#define BEFORE(name, library, result, parameters, ...) \
	void on_##name(const struct call *call, UNPACKED parameters);
#define BEFORE_VOID(name, library, parameters, ...) \
	void on_##name(const struct call *call, UNPACKED parameters);
#define LEAVE(name, library, parameters, ...) \
	void on_leave_##name(const struct call *call, UNPACKED parameters);
#define LEAVE_NONE(name, library) \
	void on_leave_##name(const struct call *call);
#define TAKE(name, library, result, parameters, ...) \
	result on_##name(struct call *call, UNPACKED parameters);
#define TAKE_VOID(name, library, parameters, ...) \
	void on_##name(struct call *call, UNPACKED parameters);
#define TAKE_LIST(name, library, result, parameters, ...) \
	result on_##name(struct call *call, UNPACKED parameters, va_list more);
#define SERVE(name, result, parameters) result name parameters;
#include "calls/calls.def"
/* clang-format on */

#endif
