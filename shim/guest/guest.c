/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guest.c - initialises the guest, and notices forks.
 *
 * The state mapping is made once, and zero in a forked child: the child finds
 * the phase ASLEEP in it, wakes again, and makes its own trace at its first
 * call that matters. It inherits no counters and no descriptor table.
 */
#include "guest/guest.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest/markfile.h"
#include "guest/settings.h"
#include "guest/state.h"

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

GUEST_THREAD(struct guest_thread, guest_thread);

static uint32_t phase_before_mapping = GUEST_ASLEEP;
/* A cache line begins with these: the pointers of later rooms (site, socket, trace) follow. */
__asm__(".pushsection guest_door, \"aw\"\n\t.balign 64\n\t.popsection");
GUEST_DOOR uint32_t *guest_phase_word = &phase_before_mapping;
GUEST_DOOR uint32_t guest_generation;
GUEST_DOOR uint32_t guest_descriptors;
GUEST_STATE(struct guest_state, guest);

/* The linker's names for the two lists of part.h. */
extern struct guest_part __start_guest_parts[], __stop_guest_parts[];
extern guest_reset_fn *__start_guest_resets[], *__stop_guest_resets[];

static size_t part_bytes(const struct guest_part *part)
{
	return (part->size + GUEST_PART_ALIGN - 1) & ~(size_t)(GUEST_PART_ALIGN - 1);
}

static size_t parts_bytes(void)
{
	size_t bytes = 0;

	/* The two names are the ends of one list, the linker's. */
	/* cppcheck-suppress comparePointers */
	for (struct guest_part *part = __start_guest_parts; part < __stop_guest_parts; part++)
		bytes += part_bytes(part);
	return bytes;
}

static void parts_place(char *at)
{
	/* cppcheck-suppress comparePointers */
	for (struct guest_part *part = __start_guest_parts; part < __stop_guest_parts; part++) {
		*part->pointer = at;
		at += part_bytes(part);
	}
}

void *guest_map(size_t bytes, const char **reason)
{
	long at = RAW_5(SYS_mmap, 0, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	if (at < 0 && at > -4096) {
		*reason = "no memory for the guest";
		return NULL;
	}
	/* Without MADV_WIPEONFORK (Linux before 4.14) a forked child would write into
	 * its parent's trace: then nothing is recorded. */
	if (RAW_3(SYS_madvise, at, bytes, MADV_WIPEONFORK) < 0) {
		RAW_2(SYS_munmap, at, bytes);
		*reason = "the kernel cannot wipe memory on fork (Linux before 4.14)";
		return NULL;
	}
	return (void *)at;
}

/*
 * The kernel has wiped the state by now. QEMU's user-mode emulation (an image of another
 * architecture in a container, say) accepts MADV_WIPEONFORK and ignores it (7.2): then this is
 * still the parent's state, and this process's counts would go into the parent's trace.
 */
void guest_forked(void)
{
	if (!guest || __atomic_load_n(&guest->phase, __ATOMIC_ACQUIRE) == GUEST_ASLEEP)
		return;
	/* A pthread_atfork handler of the host may have woken the guest in this process
	 * already: then the state is its own. */
	int32_t pid = (int32_t)RAW_0(SYS_getpid);

	if (pid <= 0 || guest->pid == pid)
		return;
	long at = RAW_5(SYS_mmap, __start_guest_parts[0].pointer[0], parts_bytes(),
			PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1);

	if (at < 0 && at > -4096) /* still the old mapping: nothing is written */
		__atomic_store_n(&guest->phase, GUEST_SILENT, __ATOMIC_RELEASE);
	else
		RAW_3(SYS_madvise, at, parts_bytes(), MADV_WIPEONFORK);
}

void guest_thread_begin(void)
{
	for (guest_reset_fn **reset = __start_guest_resets; reset < __stop_guest_resets;
	     reset++)
		(*reset)();
	guest_thread.generation = guest_generation;
}

static uint32_t wake_first(void)
{
	const char *reason = NULL;

	if (!settings_read() || !guest_settings.directory[0])
		return GUEST_SILENT;
	char *at = guest_map(parts_bytes(), &reason);

	if (at) {
		parts_place(at);
		return GUEST_AWAKE;
	}
	mark_silent(reason);
	return GUEST_SILENT;
}

enum guest_phase guest_wake(void)
{
	uint32_t *word = guest_phase_word;
	uint32_t phase = GUEST_ASLEEP;

	if (__atomic_compare_exchange_n(word, &phase, GUEST_WAKING, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE)) {
		phase = guest ? GUEST_AWAKE : wake_first();
		guest_generation++;
		if (guest) {
			guest->pid = (int32_t)RAW_0(SYS_getpid);
			__atomic_store_n(&guest->phase, phase, __ATOMIC_RELEASE);
			__atomic_store_n(&guest_phase_word, &guest->phase, __ATOMIC_RELEASE);
		}
		__atomic_store_n(word, phase, __ATOMIC_RELEASE);
		return (enum guest_phase)phase;
	}
	for (int i = 0; phase == GUEST_WAKING && i < GUEST_YIELDS; i++) {
		RAW_0(SYS_sched_yield);
		phase = __atomic_load_n(word, __ATOMIC_ACQUIRE);
	}
	if (phase == GUEST_WAKING)
		return GUEST_SILENT;
	return (enum guest_phase)phase;
}

bool guest_is_borrowed(void)
{
	int32_t pid = (int32_t)RAW_0(SYS_getpid);

	/* A seccomp filter may refuse even getpid: then this counts as the process that made
	 * the state. */
	return guest && guest->pid && pid > 0 && guest->pid != pid;
}
