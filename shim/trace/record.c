/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.c - see record.h.
 */
#include "trace/record.h"

#include "guest/markfile.h"
#include "guest/state.h"
#include "trace/file.h"
#include "trace/map.h"
#include "trace/writer.h"

void record_fall_silent(const char *reason)
{
	mark_silent(reason);
	__atomic_store_n(&guest_descriptors, 0, __ATOMIC_RELAXED);
	__atomic_store_n(guest_phase_word, GUEST_SILENT, __ATOMIC_RELEASE);
}

/*
 * A signal handler or a callback may fork, and the child then returns into the
 * code that was interrupted. If that is the guest's, an anonymous mapping
 * replaces the trace, so the code writes nowhere; the child is not recorded
 * (story: forks_in_handler).
 */
void record_forked(void)
{
	if (guest && tracefile_pretend() && UNLIKELY(guest_thread.inside))
		record_fall_silent("a signal handler forked while the guest was at work");
}

bool record_begin(void)
{
	uint32_t phase = guest_phase();

	if (phase == GUEST_RECORDING) /* another thread has begun since */
		return true;
	if (phase == GUEST_AWAKE && !guest_is_borrowed() &&
	    __atomic_compare_exchange_n(&guest->phase, &phase, GUEST_FORMING, false,
					__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		const char *reason = NULL;

		trace->forming_thread = (int32_t)RAW_0(SYS_gettid);
		if (!tracefile_make(guest_generation > 1, &reason)) {
			record_fall_silent(reason);
			return false;
		}
		__atomic_store_n(&guest->phase, GUEST_RECORDING, __ATOMIC_RELEASE);
		__atomic_store_n(&guest_descriptors, GUEST_DESCRIPTORS, __ATOMIC_RELEASE);
		writer_event(EVENT_PROCESS_START, 0, guest->pid, trace->process->ppid);
		return true;
	}
	/* A signal handler of the very thread that makes the trace must not
	 * wait for it. */
	if (phase == GUEST_FORMING && trace->forming_thread == (int32_t)RAW_0(SYS_gettid))
		return false;
	for (int i = 0; phase == GUEST_FORMING && i < GUEST_YIELDS; i++) {
		RAW_0(SYS_sched_yield);
		phase = __atomic_load_n(&guest->phase, __ATOMIC_ACQUIRE);
	}
	return phase == GUEST_RECORDING;
}
