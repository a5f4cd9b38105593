/* SPDX-License-Identifier: Apache-2.0 */
/*
 * large_thread.c - see large_thread.h.
 */
#include "trace/large_thread.h"

#include "guest/part.h"
#include "trace/large.h"
#include "trace/writer.h"

/* State of a thread, valid while messages are timed without interruption (`period`). */
struct large_thread {
	uint32_t period;
	uint8_t polls;	   /* no more than POLLS_ENOUGH are counted */
	bool polled;	   /* since the last byte of a request */
	bool fresh;	   /* the frames told what is over; the client will tell it, too */
	uint32_t turn;	   /* that the last request was built in; 0 not known */
	uint32_t cpu_us;   /* what building has taken since the last request */
	int64_t cpu_at_ns; /* at the end of its last call */

	/* The request that was over last, whose messages are done now. */
	uint32_t over_turn; /* 0 not known */
	bool unanswerable;
	int64_t offered_ns, written_ns;
	uint64_t large_bytes; /* of its large messages */
	int32_t others;	      /* records that have not been such; negative: not known */
};
static GUEST_THREAD(struct large_thread, large_thread);

/* Between two polls there is a whole turn of the client's loop. */
#define POLLS_ENOUGH 2

/* ---- the processor's time ---- */

void large_call_over(enum large_call call)
{
	struct large_thread *self = &large_thread;
	int64_t cpu_ns = guest_cpu_ns();
	uint32_t period = __atomic_load_n(&trace->large_period, __ATOMIC_RELAXED);

	if (self->period != period) {
		self->period = period;
		self->polls = call == LARGE_POLLED;
		self->polled = true; /* the time before may have been other work */
		self->turn = 0;
		self->cpu_us = 0;
	} else if (call == LARGE_POLLED) {
		self->cpu_us += (uint32_t)((cpu_ns - self->cpu_at_ns + 500) / 1000);
		self->polled = true;
		if (self->polls < POLLS_ENOUGH)
			self->polls++;
	}
	self->cpu_at_ns = cpu_ns;
}

/* ---- requests ---- */

static uint64_t key_of(uint32_t socket, int32_t correlation)
{
	return (uint64_t)(socket + 1) << 32 | (uint32_t)correlation;
}

/* NULL: a later turn has its place. */
static struct large_turn *turn_of(uint32_t number)
{
	struct large_turn *turn = &trace->large_turn[number % GUEST_LARGE];

	return number && __atomic_load_n(&turn->number, __ATOMIC_ACQUIRE) == number ? turn
										    : NULL;
}

static uint32_t turn_new(void)
{
	uint32_t number = __atomic_add_fetch(&trace->large_turns, 1, __ATOMIC_RELAXED);
	struct large_turn *turn = &trace->large_turn[number % GUEST_LARGE];

	__atomic_store_n(&turn->number, 0, __ATOMIC_RELEASE);
	turn->requests = turn->left = turn->cpu_us = 0;
	turn->bytes = 0;
	__atomic_store_n(&turn->number, number, __ATOMIC_RELEASE);
	return number;
}

/* A request that follows another without a poll was built in the same turn: its first byte is
 * written before the other's answer can have been read. */
void large_request_began(uint32_t socket)
{
	struct large_thread *self = &large_thread;
	bool known = self->period == __atomic_load_n(&trace->large_period, __ATOMIC_RELAXED) &&
		     self->polls >= POLLS_ENOUGH;

	if (!known)
		self->turn = 0;
	else if (self->polled)
		self->turn = turn_new();
	struct large_turn *turn = turn_of(self->turn);

	if (turn) {
		turn->requests++;
		turn->left++;
		turn->cpu_us += self->cpu_us;
	}
	trace->large_building[socket] = turn ? self->turn : 0;
	self->cpu_us = 0;
}

/* Keeps the turn in which each of the last written requests was built, until it is answered. If
 * a later request takes its place, the turn is not known any more. */
void large_request_written(const struct large_produce *request)
{
	uint32_t at =
		__atomic_fetch_add(&trace->large_built_next, 1, __ATOMIC_RELAXED) % GUEST_LARGE;

	__atomic_exchange_n(&trace->large_built[at].request, 0, __ATOMIC_ACQ_REL);
	__atomic_store_n(&trace->large_built[at].turn, trace->large_building[request->socket],
			 __ATOMIC_RELAXED);
	__atomic_store_n(&trace->large_built[at].request,
			 key_of(request->socket, request->correlation), __ATOMIC_RELEASE);
	large_thread.polled = false;
}

static uint32_t built_take(uint64_t key)
{
	for (uint32_t i = 0; i < GUEST_LARGE; i++) {
		if (__atomic_load_n(&trace->large_built[i].request, __ATOMIC_ACQUIRE) != key)
			continue;
		uint32_t turn = __atomic_load_n(&trace->large_built[i].turn, __ATOMIC_RELAXED);

		/* Fails if another request has taken the place in between. */
		return __atomic_compare_exchange_n(&trace->large_built[i].request, &key, 0,
						   false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)
			       ? turn
			       : 0;
	}
	return 0;
}

static void over(const struct large_produce *request, uint32_t turn)
{
	struct large_thread *self = &large_thread;

	self->over_turn = turn;
	self->unanswerable = request->unanswerable;
	self->offered_ns = request->offered_ns;
	self->written_ns = request->written_ns;
	self->large_bytes = 0;
	self->others = request->records;
}

void large_request_over(const struct large_produce *request)
{
	bool timed = large_is_timed();

	over(request, timed ? built_take(key_of(request->socket, request->correlation)) : 0);
	large_thread.fresh = true;
}

int64_t large_request_left(void)
{
	return large_thread.offered_ns ? large_thread.offered_ns : large_thread.written_ns;
}

void large_request_told(int64_t since_us)
{
	const struct large_produce told = {.records = TRACE_UNKNOWN,
					   .written_ns = guest_now_ns() - since_us * 1000};

	if (!large_thread.fresh && since_us >= 0)
		over(&told, 0);
	large_thread.fresh = false;
}

/* ---- messages ---- */

static uint32_t row_of(const void *message)
{
	uint32_t i = 0;

	while (i < GUEST_LARGE &&
	       __atomic_load_n(&trace->large_message[i], __ATOMIC_ACQUIRE) != message)
		i++;
	return i;
}

/* True for one caller alone. */
static bool message_release(uint32_t i, const void *message)
{
	if (i == GUEST_LARGE ||
	    !__atomic_compare_exchange_n(&trace->large_message[i], &message, NULL, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return false;
	__atomic_fetch_sub(&trace->large_timed, 1, __ATOMIC_RELAXED);
	return true;
}

void large_message_taken(const void *message, uint32_t producer, uint32_t site, uint64_t bytes,
			 int64_t began_ns)
{
	/* An earlier message at this address has ended without a report. */
	large_message_refused(message);
	uint32_t large = large_begin(producer, site, large_batch(), bytes, began_ns);

	if (!large)
		return;
	if (__atomic_fetch_add(&trace->large_timed, 1, __ATOMIC_RELAXED) == 0)
		__atomic_fetch_add(&trace->large_period, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&trace->large_message[large - 1], message, __ATOMIC_RELEASE);
}

/* The time of building is added to the sums when the last message of its turn has ended. With
 * acks=0 that may happen several times for a turn. */
static void turn_sum(struct large_turn *turn, uint32_t producer, uint64_t bytes)
{
	struct trace_stages *stages = &trace->stages[producer];

	turn->bytes += bytes;
	if (--turn->left != 0)
		return;
	writer_add_shared(&stages->built_bytes, turn->bytes);
	writer_add_shared(&stages->build_cpu_ns, (uint64_t)turn->cpu_us * 1000);
	turn->bytes = 0;
	turn->cpu_us = 0;
}

/* The message gets the times of its request. If not all messages of the request were large, the
 * others' share is not known. With acks=0 there may have been several requests in the turn. */
static void stages_take(struct trace_large *row)
{
	struct large_thread *self = &large_thread;
	struct large_turn *turn = turn_of(self->over_turn);
	bool alone = turn && turn->requests == 1 && !self->unanswerable;

	self->large_bytes += row->bytes;
	large_carried(row, self->offered_ns, self->written_ns,
		      alone ? (int64_t)turn->cpu_us * 1000 : TRACE_UNKNOWN);
	if (self->others > 0 && --self->others == 0 && turn)
		turn_sum(turn, row->producer, self->large_bytes);
}

void large_message_done(const void *message, enum trace_count end)
{
	uint32_t i = row_of(message);

	if (!message_release(i, message))
		return;
	struct trace_large *row = &trace->large[i];

	if ((end == COUNT_DELIVERED || end == COUNT_UNCONFIRMED) && large_thread.written_ns)
		stages_take(row);
	large_ended(row->batch, end);
}

void large_message_refused(const void *message)
{
	uint32_t i = row_of(message);

	if (message_release(i, message))
		large_taken_back(i + 1);
}

void large_messages_left(uint32_t producer)
{
	for (uint32_t i = 0; i < GUEST_LARGE; i++) {
		const void *message =
			__atomic_load_n(&trace->large_message[i], __ATOMIC_ACQUIRE);

		if (message && trace->large[i].producer == producer)
			message_release(i, message);
	}
}
