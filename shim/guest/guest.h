/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guest.h - what every other room asks first: the guest's phase, this process, this thread,
 * and whether the thread is inside the guest's own code.
 *
 * All state that a forked child must not inherit lives in one mapping with
 * MADV_WIPEONFORK (guest.c): in the child of fork, raw fork and raw clone it
 * reads zero, in the child of vfork it does not. A forked child is found out by
 * the load of the phase that every call makes anyway. Nothing here locks,
 * allocates, prints or touches errno.
 */
#ifndef UNFLUSHED_GUEST_GUEST_H
#define UNFLUSHED_GUEST_GUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "format/format.h"
#include "guest/part.h"
#include "guest/raw.h"

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

enum guest_phase {
	GUEST_ASLEEP = 0,  /* no call of the host has come yet, or a fork wiped the state */
	GUEST_WAKING = 1,  /* one thread is reading the settings */
	GUEST_AWAKE = 2,   /* the settings are read; no call has needed a trace yet */
	GUEST_FORMING = 3, /* one thread is making the trace */
	GUEST_RECORDING = 4,
	GUEST_SILENT = 5, /* not asked to record, or unable to */
};

/* Bounds a wait for another thread that wakes us or makes the trace: it needs well under a
 * millisecond; if it was killed meanwhile, the host runs on unrecorded. */
#define GUEST_YIELDS 20000

#define GUEST_DESCRIPTORS 65536
#define GUEST_SOCKETS 256
#define GUEST_PRODUCERS 64
#define GUEST_PEERS 48
#define GUEST_LARGE 64
#define GUEST_TOPIC_ROWS 1024
#define GUEST_CELLS 1024
#define GUEST_SITES 512

struct guest_state; /* state.h: the wiped mapping */

/* What a thread last saw of the processor's counter (ticks.h). */
struct ticks {
	uint64_t anchor; /* the counter then; 0 never looked at */
	int64_t anchor_ns;
	uint64_t rate;	   /* nanoseconds a tick, in 2^32nds; 0 not known */
	uint64_t good_for; /* how many ticks the anchor may be used for; 0: ask the clock */
	uint32_t misses;
};

/*
 * The alignment of thread-local variables: a cache line, where the loader allows it. With an
 * auditor the loader lays out the static block of thread-local storage, aligned as the
 * thread's control block is, before it preloads the guest; it refuses a library that asks for
 * a larger alignment, and the program would end at its start.
 */
#if defined(__aarch64__)
#define THREAD_LOCAL_ALIGNED __attribute__((aligned(16)))
#else
#define THREAD_LOCAL_ALIGNED __attribute__((aligned(64)))
#endif

/*
 * Initial-exec and without destructors: a thread-local that had to be
 * allocated at its first use would call malloc inside send().
 */
struct guest_thread {
	/* One cache line: all that a small write needs to know of its thread. */
	uint32_t generation; /* of guest_generation; else all below is stale */
	bool inside;	     /* our own code is running */
	uint8_t nested;	     /* signal handlers that interrupted our code */
	uintptr_t inside_at; /* CFA of the function that entered */
	struct ticks ticks;
	struct trace_event *run; /* trace/writer.c: the last event, if small writes may join */
} THREAD_LOCAL_ALIGNED;

extern __thread struct guest_thread guest_thread __attribute__((tls_model("initial-exec")));

/* What every call looks at first. */
extern struct guest_state *guest; /* never NULL after guest_wake() */
extern uint32_t *guest_phase_word;
extern uint32_t guest_generation;
extern uint32_t guest_descriptors; /* GUEST_DESCRIPTORS while recording, else 0 */

/*
 * Makes the state mapping and reads the settings, once in every process
 * (that is, again in a forked child). Returns the phase: AWAKE, RECORDING or
 * SILENT.
 */
enum guest_phase guest_wake(void);

/* To be called first in the child of a fork(): makes sure that the state mapping is empty, also
 * where the kernel has not wiped it. */
void guest_forked(void);

/* The phase now; wakes the guest when it has to. */
static inline enum guest_phase guest_phase(void)
{
	uint32_t phase = __atomic_load_n(guest_phase_word, __ATOMIC_ACQUIRE);

	return LIKELY(phase >= GUEST_RECORDING) ? (enum guest_phase)phase : guest_wake();
}

/* Sets all thread-local variables of the rooms to zero (part.h): this thread is new, or
 * the only one of a forked child. */
void guest_thread_begin(void);

static inline struct guest_thread *guest_this_thread(void)
{
	struct guest_thread *thread = &guest_thread;

	if (UNLIKELY(thread->generation != guest_generation))
		guest_thread_begin();
	return thread;
}

/*
 * Marks this thread as inside our code. False when it already was: a signal
 * handler interrupted us; then count with atomics and skip events, because the
 * interrupted code may be half-way through a private cell or ring.
 */
static inline __attribute__((always_inline)) bool guest_enter(struct guest_thread *thread)
{
	uintptr_t here = (uintptr_t)__builtin_dwarf_cfa();

	if (UNLIKELY(thread->inside)) {
		/* The stack grows down, so code that a signal handler
		 * interrupted lies above the handler's frame. An entry at or
		 * below this frame was left by a jump out of a signal handler;
		 * one that is far off is on another stack (sigaltstack). */
		if (here < thread->inside_at || here - thread->inside_at > 65536)
			return false;
		thread->nested = 0;
	}
	thread->inside_at = here;
	thread->inside = true;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	return true;
}

static inline void guest_leave(struct guest_thread *thread)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	thread->inside = false;
}

/* As guest_enter(), for callers that must count even in a nested signal handler; events are
 * left out there. The result is for guest_leave_anyhow(). */
static inline __attribute__((always_inline)) bool
guest_enter_anyhow(struct guest_thread *thread)
{
	bool entered = guest_enter(thread);

	if (UNLIKELY(!entered))
		thread->nested++;
	return entered;
}

static inline void guest_leave_anyhow(struct guest_thread *thread, bool entered)
{
	if (LIKELY(entered))
		guest_leave(thread);
	else
		thread->nested--;
}

static inline int64_t guest_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now); /* vDSO: 21 ns, no errno */
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* CLOCK_MONOTONIC_COARSE: as exact as the kernel's tick (1 to 4 ms); costs 3 ns. */
static inline int64_t guest_now_coarse_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Processor time of the calling thread: a system call, some 200 ns. */
static inline int64_t guest_cpu_ns(void)
{
	struct timespec now = {0, 0};

	RAW_2(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* True in the child of vfork, which runs on its parent's memory. */
bool guest_is_borrowed(void);

#endif
