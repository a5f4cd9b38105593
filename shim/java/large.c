/* SPDX-License-Identifier: Apache-2.0 */
/*
 * large.c - see large.h.
 */
#include "java/large.h"

#include "guest/guest.h"
#include "java/jvm/jni.h"
#include "trace/large.h"
#include "trace/large_drained.h"
#include "trace/map.h"
#include "trace/writer.h"

/* So many sends are timed after a large one, and when a thread begins to send. */
#define WATCHED 16

/* The clocks of the send() that a thread is inside, by the thread's slot. */
static struct send_clock {
	uint32_t generation;
	uint32_t watch;			/* sends yet to be timed */
	int64_t began_ns, began_cpu_ns; /* 0: it is not timed */
	uint32_t large, producer;
	bool is_large;
} clocks[64];

static struct send_clock *clock_here(void)
{
	uint32_t slot = writer_thread();

	if (!slot || slot >= 64)
		return NULL;
	if (UNLIKELY(clocks[slot].generation != guest_generation + 1))
		clocks[slot] = (struct send_clock){.generation = guest_generation + 1,
						   .watch = WATCHED};
	return &clocks[slot];
}

/* False before JDK 21, where there are no virtual threads. */
static bool is_virtual(jni_env env)
{
	java_ref thread = NULL;
	bool is = false;

	if (!jni_push(env, 8))
		return true;
	if (JVMTI(jni_jvmti, GetCurrentThread)(jni_jvmti, &thread) == 0 && thread) {
		java_ref class = JNI(env, GetObjectClass)(env, thread);
		java_method ask = JNI(env, GetMethodID)(env, class, "isVirtual", "()Z");

		is = !jni_threw(env) && ask &&
		     JNI(env, CallBooleanMethodA)(env, thread, ask, NULL);
	}
	JNI(env, PopLocalFrame)(env, NULL);
	return is;
}

void java_large_sending(jni_env env)
{
	struct send_clock *clock = clock_here();

	if (!clock)
		return;
	clock->is_large = false;
	clock->began_ns = 0;
	if (LIKELY(!clock->watch))
		return;
	clock->watch--; /* also for virtual threads: the check costs time */
	if (is_virtual(env))
		return;
	clock->began_cpu_ns = guest_cpu_ns();
	clock->began_ns = guest_now_ns();
}

/* A number that no other batch under way has, and no batch of another client. */
static uint32_t number_of(const struct java_batch *batch)
{
	return 1u << 31 | batch->row * JAVA_BATCH_NUMBERS | batch->number % JAVA_BATCH_NUMBERS;
}

void java_large_accepted(const struct java_batch *batch, uint32_t site, uint64_t bytes)
{
	struct send_clock *clock = clock_here();
	uint32_t producer = trace->topics[batch->row - 1].producer;

	large_drains_begin();
	uint32_t large = large_begin(producer, site, number_of(batch), bytes,
				     clock ? clock->began_ns : 0);

	if (!clock)
		return;
	clock->watch = WATCHED;
	clock->is_large = clock->began_ns != 0;
	clock->large = large;
	clock->producer = producer;
}

void java_large_sent(void)
{
	struct send_clock *clock = clock_here();

	if (!clock)
		return;
	if (UNLIKELY(clock->is_large))
		large_sent(clock->large, clock->producer, guest_now_ns() - clock->began_ns,
			   guest_cpu_ns() - clock->began_cpu_ns);
	/* The next thread in this slot may be inside a send() that began on another thread. */
	clock->is_large = false;
	clock->began_ns = 0;
}

void java_large_drained(const struct java_batch *batch, uint64_t records)
{
	if (large_drains())
		large_drained(trace->topics[batch->row - 1].producer, number_of(batch),
			      records);
}

void java_large_ended(const struct java_batch *batch, enum trace_count end)
{
	if (large_drains())
		large_ended(number_of(batch), end);
}
