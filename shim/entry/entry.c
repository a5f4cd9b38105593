/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entry.c - the exported functions, generated from the rows of calls/calls.def.
 *
 * Only this file handles errno, the clock and nesting: handlers find them in
 * struct call. errno is also restored after a call that succeeded, because some
 * hosts read it then although they should not. Compiled without _GNU_SOURCE,
 * under which glibc declares socket addresses as transparent unions.
 */
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <time.h>
#include <unistd.h>

#include "calls/calls.h"
#include "calls/resolve.h"
#include "divert/divert.h"
#include "entry/written.h"
#include "guest/guest.h"
#include "guest/ticks.h"
#include "librdkafka/unwound.h"
#include "librdkafka/on_produce.h"
#include "socket/buffers.h"
#include "socket/fdtable.h"
#include "socket/handover.h"
#include "socket/pollout.h"

#define EXPORT __attribute__((visibility("default")))

/* clang-format would break the macros' lines. */
/* clang-format off */

/* Prototypes from the rows: if a libc header declares a function differently, compiling fails;
 * functions that no header declares (GNU's) get their declaration here. */
#define ROW(name, library, result, parameters) result name parameters;
#include "calls/calls.def"

/* Finds the function that the caller meant, for librdkafka's also the copy. */
#define CALL_LIBC(name) \
	{ .real = resolve_libc(CALL_##name, #name), .caller = __builtin_return_address(0) }
#define CALL_KAFKA(name) \
	resolve_kafka(CALL_##name, __builtin_return_address(0), __builtin_dwarf_cfa())

#define CALL_JVM(name) \
	{ .real = resolve_jvm(CALL_##name, #name, __builtin_return_address(0)), \
	  .caller = __builtin_return_address(0) }

/* The result if the host's libc or librdkafka lacks the function; rd_kafka_resp_err_t is an
 * int, and -1 is its "unknown error". */
#define FAILED(result) \
	(errno = ENOSYS, (result)_Generic((result){0}, \
		int: (intptr_t)-1, long: (intptr_t)-1, default: (intptr_t)0))

/* Begins a call before the real one: errno is the host's own before and after it. */
#define BEGIN(name, library) \
	int *const place = &errno; /* each use of errno is a call */ \
	const int error = *place; \
	struct call call = CALL_##library(name);

/* The real call, between the code that its category runs before and after it. */
#define WATCHED(name, library, result, parameters, arguments, before, after) \
	EXPORT result name parameters \
	{ \
		BEGIN(name, library) \
		if (UNLIKELY(!call.real)) \
			return FAILED(result); \
		before; \
		*place = error; \
		result given = REAL(name, &call) arguments; \
		call.error = *place; \
		after; \
		*place = call.error; \
		return given; \
	}

#define HANDLE(name, arguments) on_##name(&call, given, UNPACKED arguments)

#define WATCH(name, library, result, parameters, arguments) \
	WATCHED(name, library, result, parameters, arguments, (void)0, HANDLE(name, arguments))

#define WATCH_NONE(name, library, result) \
	WATCHED(name, library, result, (void), (), (void)0, on_##name(&call, given))

#define WAIT(name, library, result, parameters, arguments, may_wait, begins) \
	WATCHED(name, library, result, parameters, arguments, \
		call.began_ns = (may_wait) ? (begins) : 0, HANDLE(name, arguments))

/* Without the check, passing on eight arguments for nothing takes a tenth of the guest's time
 * for a message. */
#define PRODUCE(name, library, result, parameters, arguments, blocks, settled) \
	WATCHED(name, library, result, parameters, arguments, \
		(produce_prepare(&call), call.began_ns = (blocks) ? produce_block() : 0), \
		(settled) ? (void)0 : HANDLE(name, arguments))

#define API(name, library, result, parameters, arguments) \
	WATCHED(name, library, result, parameters, arguments, \
		call.outermost = nesting_enter(timeout_ms); UNWOUND_TELLS(unwound_call), \
		(nesting_leave(), HANDLE(name, arguments)))

/*
 * Calls on a descriptor. A call that the guest skips jumps to the real
 * function, or runs `skipped`. The rest is a function of its own, so that a
 * skipped call is a few instructions and a jump, and saves no register. Without
 * optimisation, calls do not become jumps, so the function must be inlined: the
 * caller must still be the host.
 */
#ifdef __OPTIMIZE__
#define INNER __attribute__((noinline))
#else
#define INNER inline __attribute__((always_inline))
#endif
#define OUTER(name, result, parameters, arguments, skips, skipped) \
	EXPORT result name parameters \
	{ \
		if (skips && LIKELY(real_libc[CALL_##name] != NULL)) { \
			const struct call call = {.real = real_libc[CALL_##name]}; \
			skipped; \
		} \
		return watch_##name arguments; \
	}

#define FD_SKIPPED(name, arguments) return REAL(name, &call) arguments

/* fdtable_skips() is asked again after the call: a signal handler may have forked in between,
 * and this process may be the child. */
#define WATCH_FD(name, library, result, parameters, arguments) \
	static INNER result watch_##name parameters \
	{ \
		const bool first = real_libc[CALL_##name] == NULL; \
		BEGIN(name, library) \
		if (UNLIKELY(!call.real)) \
			return FAILED(result); \
		*place = error; \
		if (UNLIKELY(first) && fdtable_skips(fd)) \
			FD_SKIPPED(name, arguments); \
		result given = REAL(name, &call) arguments; \
		call.error = *place; \
		if (!fdtable_skips(fd)) \
			HANDLE(name, arguments); \
		*place = call.error; \
		return given; \
	} \
	OUTER(name, result, parameters, arguments, fdtable_skips(fd), FD_SKIPPED(name, arguments))

/* A message on a socket that is not followed may still pass a descriptor of one that is. */
#define WRITE_SKIPPED(name, result, arguments, offered) \
	do { \
		result given = REAL(name, &call) arguments; \
		if (given >= 0 && (offered).message) /* else it may not be readable */ \
			handover_passed((offered).message); \
		return given; \
	} while (0)

/* errno is not saved before the call: nothing here changes it before, and finding its address
 * costs a call. Once bytes_settle() has counted a write nothing is left to do. */
#define WRITE(name, library, result, parameters, arguments, offered) \
	static INNER result watch_##name parameters \
	{ \
		const bool first = real_libc[CALL_##name] == NULL; \
		struct call call = CALL_##library(name); \
		if (UNLIKELY(!call.real)) \
			return FAILED(result); \
		if (UNLIKELY(first) && fdtable_skips_write(fd)) \
			WRITE_SKIPPED(name, result, arguments, offered); \
		call.began_ns = ticks_now_ns(guest_this_thread()); \
		struct trace_socket *row = fdtable_write_begins(fd, call.began_ns, &call.socket); \
		if (row && UNLIKELY(fdtable_write_is_told(row))) { \
			if (row->flags & SOCKET_DIVERTS) \
				divert_look(fd, row, (offered).buffers); \
			else \
				fdtable_write_is(row, (offered).first); \
		} \
		result given = REAL(name, &call) arguments; \
		if (given >= 0 && (size_t)given == (offered).whole && \
		    LIKELY(bytes_settle(&call, (size_t)given))) \
			return given; \
		int *const place = &errno; \
		call.error = *place; \
		if (!fdtable_skips_write(fd)) \
			HANDLE(name, arguments); \
		*place = call.error; \
		return given; \
	} \
	OUTER(name, result, parameters, arguments, fdtable_skips_write(fd), \
	      WRITE_SKIPPED(name, result, arguments, offered))

#define BEFORE(name, library, result, parameters, arguments, handled) \
	EXPORT result name parameters \
	{ \
		BEGIN(name, library) \
		if (UNLIKELY(!call.real)) \
			return FAILED(result); \
		call.error = error; \
		if (handled) \
			on_##name(&call, UNPACKED arguments); \
		*place = error; \
		return REAL(name, &call) arguments; \
	}

#define BEFORE_VOID(name, library, parameters, arguments, handled) \
	EXPORT void name parameters \
	{ \
		BEGIN(name, library) \
		if (UNLIKELY(!call.real)) \
			return; \
		call.error = error; \
		if (handled) \
			on_##name(&call, UNPACKED arguments); \
		*place = error; \
		REAL(name, &call) arguments; \
	}

#define LEAVES(name, library, parameters, arguments, handler) \
	EXPORT void name parameters \
	{ \
		BEGIN(name, library) \
		unwound_leaves(__builtin_frame_address(0)); \
		handler; \
		*place = error; \
		REAL(name, &call) arguments; \
		__builtin_unreachable(); \
	}

#define LEAVE(name, library, parameters, arguments) \
	LEAVES(name, library, parameters, arguments, on_leave_##name(&call, UNPACKED arguments))

#define LEAVE_NONE(name, library) LEAVES(name, library, (void), (), on_leave_##name(&call))

/* A handler of TAKE makes the real call itself, in the middle of its work, and stores the
 * errno that the host must see in call.error; entry.c sets it. */
#define TAKE(name, library, result, parameters, arguments) \
	EXPORT result name parameters \
	{ \
		BEGIN(name, library) \
		if (UNLIKELY(!call.real)) \
			return FAILED(result); \
		*place = call.error = error; \
		result given = on_##name(&call, UNPACKED arguments); \
		*place = call.error; \
		return given; \
	}

#define TAKE_VOID(name, library, parameters, arguments) \
	EXPORT void name parameters \
	{ \
		BEGIN(name, library) \
		if (UNLIKELY(!call.real)) \
			return; \
		*place = call.error = error; \
		on_##name(&call, UNPACKED arguments); \
		*place = call.error; \
	}

#define TAKE_LIST(name, library, result, parameters, arguments, last) \
	EXPORT result name(UNPACKED parameters, ...) \
	{ \
		va_list more; \
		BEGIN(name, library) \
		if (UNLIKELY(!call.real)) \
			return FAILED(result); \
		*place = call.error = error; \
		va_start(more, last); \
		result given = on_##name(&call, UNPACKED arguments, more); \
		va_end(more); \
		*place = call.error; \
		return given; \
	}

#include "calls/calls.def"

/* An alias for each exported function, bound inside this library, which the thunks of thunks.c
 * jump to. */
#define ALIAS_LIBC(name)
#define ALIAS_JVM(name)
#define ALIAS_KAFKA(name) \
	extern __typeof__(name) entry_##name __attribute__((alias(#name), visibility("hidden")));
#define ROW(name, library, ...) ALIAS_##library(name)
#include "calls/calls.def"
/* clang-format on */
