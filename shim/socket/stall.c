/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stall.c - see stall.h.
 *
 * Two threads may write to one socket at once: the one that sets the STALLED
 * flag begins the stall, the one that clears it ends it. Stalled time is kept
 * in pending_ns until a thread samples the connection; that thread takes it
 * from there and adds it to a cause, so the causes never add up to more than
 * all stalls.
 */
#include "socket/stall.h"

#include "socket/kernel.h"
#include "socket/setting_effects.h"
#include "socket/state.h"
#include "trace/socket_row.h"
#include "trace/writer.h"

static uint64_t flight_bytes(const struct socket_tcp *now)
{
	return now->delivery_rate / 1000 * now->rtt_us / 1000;
}

/*
 * Nagle and TSO hold some bytes back for a moment even if they could be sent:
 * unsent bytes are no sign of a slow network if the congestion window has room
 * and the bytes that are delivered in a round trip are about as many as the
 * buffer holds.
 */
static bool all_under_way(const struct trace_socket *row, const struct socket_tcp *now)
{
	return now->never_sent_bytes == 0 ||
	       (now->has_room && row->buffer_effective > 0 &&
		flight_bytes(now) * 2 >= (uint64_t)row->buffer_effective);
}

/*
 * With TCP_NOTSENT_LOWAT, TCP takes no more once that many bytes are unsent, however
 * much room the buffer has. If these and the bytes under way are less than half of
 * the buffer, this option is the cause, not the peer or the network.
 */
static bool lowat_binds(int fd, struct trace_socket *row, const struct socket_tcp *now)
{
	if (!row->notsent_lowat || now->never_sent_bytes < 0 || socket_fill(fd, row) < 0)
		return false;
	int64_t under_way = socket_unacked_bytes(fd) - (int64_t)now->never_sent_bytes;

	return (under_way + row->notsent_lowat) * 2 <= row->buffer_effective;
}

/*
 * Tested in nine set-ups, and right for 95 to 100 % of the time. The cause is
 * the receiver, if its window was closed for more than half of the time; else
 * the buffer, if all that it held was under way at the begin or the end; else
 * the network. (tcpi_sndbuf_limited is 0 also where the buffer is too small.)
 */
static enum trace_stall_cause cause_of(int fd, struct trace_socket *row,
				       const struct stall_look *before,
				       const struct socket_tcp *now, uint64_t stalled_ns)
{
	uint64_t closed_ns = now->rwnd_limited_us > before->rwnd_limited_us
				     ? (now->rwnd_limited_us - before->rwnd_limited_us) * 1000
				     : 0;

	if (lowat_binds(fd, row, now))
		return CAUSE_NOTSENT_LOWAT;
	if (closed_ns > stalled_ns / 2)
		return CAUSE_RECEIVER;
	return before->none_unsent || all_under_way(row, now) ? CAUSE_SEND_BUFFER
							      : CAUSE_NETWORK;
}

static void cause_add(struct trace_socket *row, enum trace_stall_cause cause,
		      uint64_t stalled_ns)
{
	uint64_t *const columns[] = {
		[CAUSE_RECEIVER] = &row->stalled_receiver_ns,
		[CAUSE_SEND_BUFFER] = &row->stalled_send_buffer_ns,
		[CAUSE_NETWORK] = &row->stalled_network_ns,
		[CAUSE_NOTSENT_LOWAT] = &socket_row_more(row)->stalled_lowat_ns,
	};

	writer_add_shared(columns[cause], stalled_ns);
}

/* Rate times round trip is the number of bytes under way: a buffer of no more
 * bytes than that limits the rate. */
static void flight_note(struct trace_socket *row, const struct socket_tcp *now)
{
	uint64_t flight = flight_bytes(now);

	if (now->rtt_us)
		row->rtt_us = now->rtt_us;
	if (flight > row->flight_bytes)
		row->flight_bytes = flight < UINT32_MAX ? (uint32_t)flight : UINT32_MAX;
}

static enum trace_stall_cause look(int fd, struct trace_socket *row, int64_t now_ns)
{
	struct stall_look *before = &socket_private(row)->stall;
	enum trace_stall_cause cause = CAUSE_UNKNOWN;
	struct socket_tcp now;

	if (!socket_tcp(fd, &now))
		return CAUSE_UNKNOWN;
	uint64_t stalled_ns = __atomic_exchange_n(&before->pending_ns, 0, __ATOMIC_RELAXED);

	if (stalled_ns) {
		cause = cause_of(fd, row, before, &now, stalled_ns);
		cause_add(row, cause, stalled_ns);
		flight_note(row, &now);
	}
	before->looked_ns = now_ns;
	before->rwnd_limited_us = now.rwnd_limited_us;
	before->none_unsent = all_under_way(row, &now);
	return cause;
}

static bool look_is_due(const struct trace_socket *row, int64_t now_ns)
{
	return now_ns - socket_private(row)->stall.looked_ns >= STALL_LOOK_NS;
}

void stall_look(int fd, struct trace_socket *row, int64_t now_ns)
{
	if (look_is_due(row, now_ns))
		look(fd, row, now_ns);
}

static void stalled(struct trace_socket *row, int64_t began_ns, int64_t ended_ns)
{
	uint64_t took_ns = ended_ns > began_ns ? (uint64_t)(ended_ns - began_ns) : 0;

	writer_add_shared(&row->stalled_ns, took_ns);
	writer_add_shared(&socket_private(row)->stall.pending_ns, took_ns);
}

static void longest(struct trace_socket *row, int64_t began_ns, int64_t ended_ns)
{
	if (ended_ns > began_ns)
		writer_max(&row->stall_longest_ns, (uint64_t)(ended_ns - began_ns));
}

/* If a blocking call began during a stall, the time until then is in that stall: it is not
 * counted twice. */
static int64_t not_before(const struct trace_socket *row, int64_t began_ns)
{
	int64_t ended_ns = socket_private(row)->stall.ended_ns;

	return began_ns > ended_ns ? began_ns : ended_ns;
}

void stall_begin(int fd, struct trace_socket *row, int64_t began_ns, int64_t now_ns)
{
	int fill = -1;
	int32_t unacknowledged = TRACE_UNKNOWN;

	if (__atomic_fetch_or(&row->flags, SOCKET_STALLED, __ATOMIC_ACQ_REL) & SOCKET_STALLED)
		return;
	began_ns = not_before(row, began_ns);
	socket_private(row)->stall.first_ns = began_ns;
	writer_add_shared(&row->stalls, 1);
	if (began_ns < now_ns) {
		/* Before the sample: TCP's counters until now show the cause of this time. */
		stalled(row, began_ns, now_ns);
		longest(row, began_ns, now_ns);
	}
	__atomic_store_n(&row->stall_began_ns, began_ns < now_ns ? now_ns : began_ns,
			 __ATOMIC_RELAXED);
	if (look_is_due(row, now_ns)) {
		look(fd, row, now_ns);
		fill = socket_fill_sample(fd, row);
		unacknowledged = socket_unacked_bytes(fd);
	}
	writer_event_at(began_ns, EVENT_STALL_BEGIN, socket_row_index(row), fill,
			unacknowledged);
}

static void end(int fd, struct trace_socket *row, int64_t now_ns)
{
	enum trace_stall_cause cause = CAUSE_UNKNOWN;

	if (!(__atomic_load_n(&row->flags, __ATOMIC_RELAXED) & SOCKET_STALLED))
		return;
	int64_t first_ns = socket_private(row)->stall.first_ns;
	int64_t began_ns = __atomic_exchange_n(&row->stall_began_ns, 0, __ATOMIC_RELAXED);

	/* Another thread is just beginning the stall, or ending it. If the flag were cleared
	 * between that thread's setting it and storing stall_began_ns, the stall would never
	 * end. */
	if (!began_ns ||
	    !(__atomic_fetch_and(&row->flags, ~(uint32_t)SOCKET_STALLED, __ATOMIC_ACQ_REL) &
	      SOCKET_STALLED))
		return;
	socket_private(row)->stall.by_wait = false;
	socket_private(row)->stall.ended_ns = now_ns;
	stalled(row, began_ns, now_ns);
	longest(row, first_ns, now_ns);
	if (look_is_due(row, now_ns))
		cause = look(fd, row, now_ns);
	writer_event_at(now_ns, EVENT_STALL_END, socket_row_index(row), now_ns - first_ns,
			cause);
}

void stall_end(int fd, struct trace_socket *row, int64_t now_ns)
{
	setting_effects_went_on(row);
	end(fd, row, now_ns);
}

static void whole(int fd, struct trace_socket *row, int64_t began_ns, int64_t ended_ns,
		  int fill)
{
	uint32_t index = socket_row_index(row);

	began_ns = not_before(row, began_ns);
	if (began_ns >= ended_ns)
		return;
	socket_private(row)->stall.ended_ns = ended_ns;
	writer_add_shared(&row->stalls, 1);
	stalled(row, began_ns, ended_ns);
	longest(row, began_ns, ended_ns);
	writer_event_at(began_ns, EVENT_STALL_BEGIN, index, fill, TRACE_UNKNOWN);
	/* The thread was blocked for at least STALL_LOOK_NS, so this is not frequent. */
	writer_event_at(ended_ns, EVENT_STALL_END, index, ended_ns - began_ns,
			look(fd, row, ended_ns));
}

/* A thread that was preempted for a short time looks like one that was blocked. But
 * when the kernel wakes a writer because there is room, a third to two thirds of the
 * buffer are still full; a much emptier buffer was not full before. */
#define SHORT_NS 20000000
#define LOW_PERMILLE 250

static bool is_doubtful(int64_t took_ns, int fill)
{
	return took_ns < SHORT_NS && fill < LOW_PERMILLE;
}

/*
 * The fill cannot be sampled around a blocking call: after it the buffer is
 * partly drained, and before it empty (one call with ten megabytes fills it).
 * The kernel sleeps there only when the buffer is full (or TCP_NOTSENT_LOWAT is
 * reached), so full is recorded, without a system call.
 */
void stall_whole(int fd, struct trace_socket *row, int64_t began_ns, int64_t ended_ns)
{
	int fill = socket_fill(fd, row);

	if (fill >= 0 && fill < FILL_FULL && !row->notsent_lowat &&
	    !is_doubtful(ended_ns - began_ns, fill))
		fill = FILL_FULL;
	socket_fill_note(row, fill);
	whole(fd, row, began_ns, ended_ns, fill);
}

/* The stall ends with the wait: the time that the host takes until it writes is not a stall.
 * One that began with EAGAIN ends with the write, and so does one if POLLOUT was not reported.
 */
void stall_waited(int fd, struct trace_socket *row, int64_t began_ns, int64_t now_ns,
		  bool writable)
{
	struct stall_look *stall = &socket_private(row)->stall;

	if (__atomic_load_n(&row->flags, __ATOMIC_RELAXED) & SOCKET_STALLED) {
		if (writable && stall->by_wait)
			end(fd, row, now_ns);
		return;
	}
	if (!writable) {
		stall->by_wait = true;
		stall_begin(fd, row, began_ns, now_ns);
		return;
	}
	int fill = socket_fill_sample(fd, row);

	if (!is_doubtful(now_ns - began_ns, fill))
		whole(fd, row, began_ns, now_ns, fill);
}

void stall_close(int fd, struct trace_socket *row, int64_t now_ns)
{
	end(fd, row, now_ns);
	/* close() is about to take the same lock. */
	if (socket_private(row)->stall.pending_ns)
		look(fd, row, now_ns);
}

/* A blocking call of another thread is counted up to now; it may return, and then counts the
 * time from now on. */
static void account_call(struct trace_socket *row, int64_t now_ns)
{
	int64_t began_ns = __atomic_load_n(&row->write_began_ns, __ATOMIC_RELAXED);

	if (began_ns <= 0 || now_ns - began_ns < STALL_LOOK_NS ||
	    !__atomic_compare_exchange_n(&row->write_began_ns, &began_ns, now_ns, false,
					 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return;
	writer_add_shared(&row->stalls, 1);
	stalled(row, began_ns, now_ns);
	longest(row, began_ns, now_ns);
}

/* The same for another thread's wait for POLLOUT, if the socket is still not writable. */
static void account_wait(int fd, struct trace_socket *row, int64_t now_ns)
{
	int64_t began_ns =
		__atomic_load_n(&socket_row_more(row)->wait_began_ns, __ATOMIC_RELAXED);

	if (began_ns <= 0 || socket_row_is_set(row, SOCKET_STALLED))
		return;
	if (began_ns < row->written_last_ns)
		began_ns = row->written_last_ns;
	if (now_ns - began_ns < STALL_LOOK_NS || !socket_would_block(fd))
		return;
	socket_private(row)->stall.by_wait = true;
	stall_begin(fd, row, began_ns, now_ns);
}

void stall_account(int fd, struct trace_socket *row, int64_t now_ns)
{
	int64_t began_ns = __atomic_load_n(&row->stall_began_ns, __ATOMIC_RELAXED);

	if (began_ns &&
	    __atomic_compare_exchange_n(&row->stall_began_ns, &began_ns, now_ns, false,
					__ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
		stalled(row, began_ns, now_ns);
		longest(row, socket_private(row)->stall.first_ns, now_ns);
	}
	account_call(row, now_ns);
	account_wait(fd, row, now_ns);
	/* The kernel is about to take the lock for each of them anyway. */
	if (socket_private(row)->stall.pending_ns)
		look(fd, row, now_ns);
}
