/* SPDX-License-Identifier: Apache-2.0 */
/*
 * setting_effects.c - see setting_effects.h.
 */
#include "socket/setting_effects.h"

#include <errno.h>

#include "guest/guest.h"
#include "socket/kernel.h"
#include "socket/stall.h"
#include "socket/state.h"
#include "trace/socket_row.h"
#include "trace/writer.h"

#define MS_NS INT64_C(1000000)

/* TCP_CORK sends after 200 ms, give or take a tick. Shorter holds are what TCP_CORK is meant to
 * do; they are not counted. */
#define CORK_HELD_NS (150 * MS_NS)

static uint32_t in_ms(int64_t ns)
{
	return ns <= 0 ? 0 : ns / MS_NS < UINT32_MAX ? (uint32_t)(ns / MS_NS) : UINT32_MAX;
}

/*
 * The kernel counts SO_SNDTIMEO in ticks, of 10 ms at most. Each time that the sleep is woken
 * and finds no room the tick that has begun is lost, so the timeout may expire that much
 * sooner.
 */
#define TICKS_LOST_NS (20 * MS_NS)

static int64_t timed_out_after_ns(const struct trace_socket *row)
{
	int64_t timeout_ns = row->send_timeout_ms * MS_NS;

	return timeout_ns - (timeout_ns / 2 < TICKS_LOST_NS ? timeout_ns / 2 : TICKS_LOST_NS);
}

/* A signal interrupts a send, too, but seldom just before the timeout. */
void setting_effects_fell_short(struct trace_socket *row, int64_t took_ns, uint64_t not_taken)
{
	struct trace_socket_more *more = socket_row_more(row);

	if (!row->send_timeout_ms || took_ns < timed_out_after_ns(row))
		return;
	writer_add_shared(&more->send_timeout_bytes, not_taken);
	__atomic_fetch_add(&more->send_timeouts, 1, __ATOMIC_RELAXED);
	__atomic_fetch_or(&more->flags, SOCKET_SEND_GAVE_UP, __ATOMIC_RELAXED);
}

void setting_effects_went_on(struct trace_socket *row)
{
	struct trace_socket_more *more = socket_row_more(row);

	if (UNLIKELY(more->flags & SOCKET_SEND_GAVE_UP))
		__atomic_fetch_and(&more->flags, ~(uint32_t)SOCKET_SEND_GAVE_UP,
				   __ATOMIC_RELAXED);
}

static void cork_note(struct trace_socket *row, int64_t held_ns)
{
	struct trace_socket_more *more = socket_row_more(row);

	__atomic_fetch_add(&more->cork_waits, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&more->cork_held_ms, in_ms(held_ns), __ATOMIC_RELAXED);
}

/*
 * TCP_INFO tells when the last data was sent (to the tick). If that was long after the write,
 * the kernel has held the end of it back: because of TCP_CORK, unless the peer's window was
 * full. Only asked when the answer itself was late.
 */
void setting_effects_answered(int fd, struct trace_socket *row, int64_t now_ns)
{
	const struct stall_look *before = &socket_private(row)->stall;
	struct socket_tcp tcp;

	if (now_ns - row->written_last_ns < CORK_HELD_NS || !socket_tcp(fd, &tcp))
		return;
	int64_t held_ns = now_ns - (int64_t)tcp.sent_ago_ms * MS_NS - row->written_last_ns;
	uint64_t closed_us = tcp.rwnd_limited_us - before->rwnd_limited_us;

	if (held_ns >= CORK_HELD_NS && (int64_t)closed_us * 1000 < held_ns / 2)
		cork_note(row, held_ns);
}

/* Other errors do not end the connection: no room, a signal, a bad pointer. */
static bool is_for_good(int error)
{
	return error == ECONNRESET || error == ETIMEDOUT || error == EHOSTUNREACH ||
	       error == ENETUNREACH || error == EPIPE;
}

void setting_effects_failed(struct trace_socket *row, int error)
{
	struct trace_socket_more *more = socket_row_more(row);
	int32_t none = 0;

	/* A write after the host's own shutdown() fails with EPIPE, too. */
	if (!is_for_good(error) || (error == EPIPE && socket_row_is_set(row, SOCKET_SHUT)))
		return;
	/* Only the first error: later ones (EPIPE, end of file) are consequences. */
	if (!__atomic_compare_exchange_n(&more->error, &none, error, false, __ATOMIC_RELAXED,
					 __ATOMIC_RELAXED))
		return;
	if (row->written_last_ns)
		more->error_after_ms = in_ms(guest_now_ns() - row->written_last_ns);
	if (error == EPIPE || error == ECONNRESET)
		socket_row_set(row, SOCKET_RESET);
}

/* TCP_CORK holds less than a segment, which is dropped with the connection. */
void setting_effects_ended(struct trace_socket *row, const struct socket_tcp *tcp,
			   int64_t now_ns)
{
	if (!socket_row_is_set(row, SOCKET_CORKED) || tcp->is_closed ||
	    tcp->never_sent_bytes <= 0 || (uint32_t)tcp->never_sent_bytes >= tcp->segment_bytes)
		return;
	socket_row_more(row)->cork_left_bytes = (uint32_t)tcp->never_sent_bytes;
	if (now_ns - row->written_last_ns >= CORK_HELD_NS)
		cork_note(row, now_ns - row->written_last_ns);
}
