/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entry.c - the exported functions, generated from the rows of calls/calls.def.
 *
 * The only place that knows errno, the clock and nesting: a handler finds
 * all of them in its struct call. errno is kept on success too, for hosts
 * look at it where they should not. Compiled without _GNU_SOURCE, under
 * which glibc declares socket addresses as transparent unions.
 */
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <time.h>
#include <unistd.h>

#include "calls/calls.h"
#include "socket/fdtable.h"
#include "guest/guest.h"
#include "socket/buffers.h"
#include "librdkafka/on_life.h"
#include "calls/resolve.h"
#include "socket/pollout.h"
#include "guest/ticks.h"
#include "socket/handover.h"

#define EXPORT __attribute__((visibility("default")))

/* Prototypes from the rows: what a libc header declares differently is a
 * compile error here, and what none declares (GNU functions) has its own. */
/* clang-format off */
#define WATCH(name, library, category, result, parameters, arguments) result name parameters;
#define WATCH_NONE(name, library, category, result) result name(void);
#define BEFORE(name, library, category, result, parameters, arguments) result name parameters;
#define BEFORE_VOID(name, library, category, parameters, arguments) void name parameters;
#define LEAVE(name, library, category, parameters, arguments) void name parameters;
#define LEAVE_NONE(name, library, category) void name(void);
#define TAKE(name, library, category, result, parameters, arguments) result name parameters;
#define TAKE_VOID(name, library, category, parameters, arguments) void name parameters;
#define TAKE_LIST(name, library, category, result, parameters, arguments, last) result name parameters;
#include "calls/calls.def"
/* clang-format on */

/* How each category decides that a call is not the guest's business. */
#define SKIPS_FD(fd, ...) fdtable_skips(fd)
#define SKIPS_WRITE(fd, ...) fdtable_skips_write(fd)
#define SKIPS_WRITE_MESSAGE(fd, ...) fdtable_skips_write(fd)
#define SKIPS_WRITE_UNSEEN(fd, ...) fdtable_skips_write(fd)
#define SKIPS_ANY(...) false
#define SKIPS_WAIT_POLL(...) false
#define SKIPS_WAIT_SELECT(...) false
#define SKIPS_WAIT_EPOLL(...) false
#define SKIPS_SEND(...) false
#define SKIPS_SEND_ONE(...) false
#define SKIPS_SEND_FLAGS(...) false
#define SKIPS_SEND_PARTS(...) false
#define SKIPS_API(...) false

/* What each category does before and after the real call. */
#define PREPARE_FD(call, ...) ((void)0)
#define PREPARE_WRITE(call, fd, second, third, ...) \
	do { \
		struct trace_socket *row = PREPARE_WRITE_UNSEEN(call, fd); \
		if (row && UNLIKELY(fdtable_write_is_told(row))) \
			fdtable_write_is(row, OFFERED(second, third)); \
	} while (0)
#define OFFERED(second, third) \
	_Generic((second), const void *: buffers_first, const struct iovec *: buffers_first_of_parts, \
		 const struct msghdr *: buffers_first_of_message)((second), (size_t)(third))
#define PREPARE_WRITE_MESSAGE PREPARE_WRITE
#define PREPARE_WRITE_UNSEEN(call, fd, ...) \
	fdtable_write_begins((fd), (call)->began_ns = ticks_now_ns(guest_this_thread()), \
			     &(call)->socket)
#define PREPARE_ANY(call, ...) ((void)0)
#define PREPARE_WAIT_POLL(call, fds, count, timeout, ...) \
	((call)->began_ns = pollout_is_asked() && WAIT_MAY_LAST(timeout) ? pollout_poll_begins(fds, count) \
								      : 0)
#define PREPARE_WAIT_SELECT(call, count, readable, writable, exceptional, timeout, ...) \
	((call)->began_ns = pollout_is_asked() && WAIT_MAY_LAST(timeout) \
				    ? pollout_select_begins(count, writable) : 0)
#define PREPARE_WAIT_EPOLL(call, fd, events, room, timeout, ...) \
	((call)->began_ns = pollout_is_asked_of_epoll() && WAIT_MAY_LAST(timeout) ? pollout_epoll_begins(fd) \
									       : 0)
#define WAIT_MAY_LAST(timeout) \
	_Generic((timeout), int: pollout_waits_ms, struct timeval *: pollout_waits_timeval, \
		 const struct timespec *: pollout_waits_timespec)(timeout)
#define PREPARE_SEND(call, ...) kafka_produce_prepare(call)
#define PREPARE_SEND_FLAGS(call, topic, partition, flags, ...) \
	(kafka_produce_prepare(call), \
	 (call)->began_ns = UNLIKELY((flags) & RD_KAFKA_MSG_F_BLOCK) ? guest_now_ns() : 0)
#define PREPARE_SEND_ONE PREPARE_SEND_FLAGS
#define PREPARE_SEND_PARTS(call, rk, parts, count) \
	(kafka_produce_prepare(call), \
	 (call)->began_ns = kafka_parts_block(parts, count) ? guest_now_ns() : 0)
#define PREPARE_API(call, ...) ((call)->outermost = kafka_api_enter())
#define PREPARE(category, ...) PREPARE_##category(__VA_ARGS__)
#define FINISH_FD(call) ((void)0)
#define FINISH_WRITE(call) ((void)0)
#define FINISH_WRITE_MESSAGE(call) ((void)0)
#define FINISH_WRITE_UNSEEN(call) ((void)0)
#define FINISH_ANY(call) ((void)0)
#define FINISH_WAIT_POLL(call) ((void)0)
#define FINISH_WAIT_SELECT(call) ((void)0)
#define FINISH_WAIT_EPOLL(call) ((void)0)
#define FINISH_SEND(call) ((void)0)
#define FINISH_SEND_ONE(call) ((void)0)
#define FINISH_SEND_FLAGS(call) ((void)0)
#define FINISH_SEND_PARTS(call) ((void)0)
#define FINISH_API(call) kafka_api_leave()

/* A write after which there is nothing to do but to count it: so far neither we nor what
 * PREPARE does has touched errno, and to look where it is costs a call each time. */
#define EASY(category, ...) EASY_##category(__VA_ARGS__)
#define EASY_WRITE(call, given, fd, second, third, ...) \
	((given) >= 0 && (size_t)(given) == WHOLE(second, third) && \
	 LIKELY(bytes_settle(call, (size_t)(given))))
#define WHOLE(second, third) \
	_Generic((second), const void *: buffers_whole, const struct iovec *: buffers_whole_parts) \
	((second), (size_t)(third))
#define EASY_WRITE_MESSAGE(call, given, fd, message, flags) \
	((given) >= 0 && !message->msg_controllen && \
	 (size_t)(given) == buffers_whole_parts(message->msg_iov, message->msg_iovlen) && \
	 LIKELY(bytes_settle(call, (size_t)(given))))
#define EASY_WRITE_UNSEEN(...) false
#define EASY_FD(...) false
#define EASY_ANY(...) false
#define EASY_WAIT_POLL(...) false
#define EASY_WAIT_SELECT(...) false
#define EASY_WAIT_EPOLL(...) false
#define EASY_SEND(...) false
#define EASY_SEND_ONE(...) false
#define EASY_SEND_FLAGS(...) false
#define EASY_SEND_PARTS(...) false
#define EASY_API(...) false

/* Whether PREPARE leaves errno alone. */
#define QUIET_FD false
#define QUIET_WRITE true
#define QUIET_WRITE_MESSAGE true
#define QUIET_WRITE_UNSEEN true
#define QUIET_ANY false
#define QUIET_WAIT_POLL false
#define QUIET_WAIT_SELECT false
#define QUIET_WAIT_EPOLL false
#define QUIET_SEND false
#define QUIET_SEND_ONE false
#define QUIET_SEND_FLAGS false
#define QUIET_SEND_PARTS false
#define QUIET_API false

/* Whether a result leaves nothing for the handler to do: to hand eight
 * arguments on for nothing is a tenth of what we cost a message. */
#define SETTLED(category, ...) SETTLED_##category(__VA_ARGS__)
#define SETTLED_FD(...) false
#define SETTLED_WRITE(...) false
#define SETTLED_WRITE_MESSAGE(...) false
#define SETTLED_WRITE_UNSEEN(...) false
#define SETTLED_ANY(...) false
#define SETTLED_WAIT_POLL(...) false
#define SETTLED_WAIT_SELECT(...) false
#define SETTLED_WAIT_EPOLL(...) false
#define SETTLED_SEND(...) false
#define SETTLED_SEND_ONE(call, given, ...) ((given) == 0 && kafka_produce_settle(call))
#define SETTLED_SEND_FLAGS(...) false
#define SETTLED_SEND_PARTS(...) false
#define SETTLED_API(...) false

/* A call that is skipped is a jump to the real one; only a message through a
 * socket that is not followed may still pass one that is. */
#define SKIPPED(category, ...) SKIPPED_##category(__VA_ARGS__)
#define SKIPPED_ANY(real, arguments, ...) return real arguments
#define SKIPPED_FD SKIPPED_ANY
#define SKIPPED_WAIT_POLL SKIPPED_ANY
#define SKIPPED_WAIT_SELECT SKIPPED_ANY
#define SKIPPED_WAIT_EPOLL SKIPPED_ANY
#define SKIPPED_WRITE SKIPPED_ANY
#define SKIPPED_WRITE_UNSEEN SKIPPED_ANY
#define SKIPPED_SEND SKIPPED_ANY
#define SKIPPED_SEND_ONE SKIPPED_ANY
#define SKIPPED_SEND_FLAGS SKIPPED_ANY
#define SKIPPED_SEND_PARTS SKIPPED_ANY
#define SKIPPED_API SKIPPED_ANY
#define SKIPPED_WRITE_MESSAGE(real, arguments, fd, message, flags) \
	do { \
		ssize_t given = real arguments; \
		if (given >= 0) /* else it may not be readable */ \
			handover_passed(message); \
		return given; \
	} while (0)

/* Finds the function that the caller meant; the copy of librdkafka too. */
#define CALL_LIBC(name) \
	{ .real = resolve_libc(CALL_##name, #name), .caller = __builtin_return_address(0) }
#define CALL_KAFKA(name) \
	resolve_kafka(CALL_##name, __builtin_return_address(0), __builtin_dwarf_cfa())

/* Only where a host asks for a function that its libc or librdkafka lacks; an
 * rd_kafka_resp_err_t is an int, and -1 its "unknown error". */
#define FAILED(result) \
	(errno = ENOSYS, (result)_Generic((result){0}, \
		int: (intptr_t)-1, long: (intptr_t)-1, default: (intptr_t)0))

/* The call before the real one: errno is the host's own on both sides. */
#define BEGIN(name, library, category) \
	int *const place = &errno; /* a call each time it is named */ \
	const int error = *place; \
	struct call call = CALL_##library(name);

/* Out of line, so that a call that is skipped is a few instructions before a jump, and saves
 * no register. Where calls are not turned into jumps, the caller must still be the host. */
#ifdef __OPTIMIZE__
#define INNER_LIBC __attribute__((noinline))
#else
#define INNER_LIBC inline __attribute__((always_inline))
#endif
#define INNER_KAFKA inline __attribute__((always_inline))

#define WATCH(name, library, category, result, parameters, arguments) \
	static INNER_##library result watch_##name parameters \
	{ \
		const bool first = real_libc[CALL_##name] == NULL; \
		int *const place = QUIET_##category ? NULL : &errno; /* a call each time */ \
		const int error = QUIET_##category ? 0 : *place; \
		struct call call = CALL_##library(name); \
		if (UNLIKELY(!call.real)) \
			return FAILED(result); \
		if (UNLIKELY(first) && SKIPS_##category arguments) { \
			if (!QUIET_##category) \
				*place = error; \
			SKIPPED(category, REAL(name, &call), arguments, UNPACKED arguments); \
		} \
		PREPARE(category, &call, UNPACKED arguments); \
		if (!QUIET_##category) \
			*place = error; \
		result given = REAL(name, &call) arguments; \
		if (EASY(category, &call, given, UNPACKED arguments)) \
			return given; \
		int *const after = &errno; \
		call.error = *after; \
		FINISH_##category(&call); \
		/* Again: a signal handler may have forked meanwhile, in the child. */ \
		if (!(SKIPS_##category arguments) && \
		    !SETTLED(category, &call, given, UNPACKED arguments)) \
			on_##name(&call, given, UNPACKED arguments); \
		*after = call.error; \
		return given; \
	} \
	EXPORT result name parameters \
	{ \
		if ((SKIPS_##category arguments) && LIKELY(real_libc[CALL_##name] != NULL)) \
			SKIPPED(category, ((name##_fn *)real_libc[CALL_##name]), arguments, \
				UNPACKED arguments); \
		return watch_##name arguments; \
	}

#define WATCH_NONE(name, library, category, result) \
	EXPORT result name(void) \
	{ \
		BEGIN(name, library, category) \
		*place = error; \
		result given = REAL(name, &call)(); \
		call.error = *place; \
		on_##name(&call, given); \
		*place = call.error; \
		return given; \
	}

#define BEFORE(name, library, category, result, parameters, arguments) \
	EXPORT result name parameters \
	{ \
		BEGIN(name, library, category) \
		if (UNLIKELY(!call.real)) \
			return FAILED(result); \
		call.error = error; \
		if (!(SKIPS_##category arguments)) \
			on_##name(&call, UNPACKED arguments); \
		*place = error; \
		return REAL(name, &call) arguments; \
	}

#define BEFORE_VOID(name, library, category, parameters, arguments) \
	EXPORT void name parameters \
	{ \
		BEGIN(name, library, category) \
		if (UNLIKELY(!call.real)) \
			return; \
		call.error = error; \
		if (!(SKIPS_##category arguments)) \
			on_##name(&call, UNPACKED arguments); \
		*place = error; \
		REAL(name, &call) arguments; \
	}

#define LEAVE(name, library, category, parameters, arguments) \
	EXPORT void name parameters \
	{ \
		BEGIN(name, library, category) \
		on_leave_##name(&call, UNPACKED arguments); \
		*place = error; \
		REAL(name, &call) arguments; \
		__builtin_unreachable(); \
	}

#define LEAVE_NONE(name, library, category) \
	EXPORT void name(void) \
	{ \
		BEGIN(name, library, category) \
		on_leave_##name(&call); \
		*place = error; \
		REAL(name, &call)(); \
		__builtin_unreachable(); \
	}

/* A TAKE handler makes the real call in the middle of its own work, so it
 * keeps errno through call.error: entry sets what it left there. */
#define TAKE(name, library, category, result, parameters, arguments) \
	EXPORT result name parameters \
	{ \
		BEGIN(name, library, category) \
		if (UNLIKELY(!call.real)) \
			return FAILED(result); \
		*place = call.error = error; \
		result given = on_##name(&call, UNPACKED arguments); \
		*place = call.error; \
		return given; \
	}

#define TAKE_VOID(name, library, category, parameters, arguments) \
	EXPORT void name parameters \
	{ \
		BEGIN(name, library, category) \
		if (UNLIKELY(!call.real)) \
			return; \
		*place = call.error = error; \
		on_##name(&call, UNPACKED arguments); \
		*place = call.error; \
	}

#define TAKE_LIST(name, library, category, result, parameters, arguments, last) \
	EXPORT result name parameters \
	{ \
		va_list more; \
		BEGIN(name, library, category) \
		if (UNLIKELY(!call.real)) \
			return FAILED(result); \
		PREPARE(category, &call, UNPACKED arguments); \
		*place = call.error = error; \
		va_start(more, last); \
		result given = on_##name(&call, UNPACKED arguments, more); \
		va_end(more); \
		*place = call.error; \
		return given; \
	}

#include "calls/calls.def"

/* A thunk of thunks.c jumps to its function by a name that is bound here. */
/* clang-format off */
#define ALIAS_LIBC(name)
#define ALIAS_KAFKA(name) \
	extern __typeof__(name) entry_##name __attribute__((alias(#name), visibility("hidden")));
#define ALIAS(name, library, ...) ALIAS_##library(name)
#define WATCH ALIAS
#define WATCH_NONE ALIAS
#define BEFORE ALIAS
#define BEFORE_VOID ALIAS
#define LEAVE ALIAS
#define LEAVE_NONE ALIAS
#define TAKE ALIAS
#define TAKE_VOID ALIAS
#define TAKE_LIST ALIAS
#include "calls/calls.def"
/* clang-format on */
