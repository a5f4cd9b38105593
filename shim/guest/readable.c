/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readable.c - see readable.h.
 *
 * rt_sigprocmask reads the set before it refuses an invalid `how`: EFAULT if it cannot (60 ns,
 * and every seccomp filter allows it). valgrind checks the set itself, and reports
 * uninitialised bytes as an error of the host; it does not check the source of
 * process_vm_readv.
 */
#include "guest/readable.h"

#include <stddef.h>
#include <sys/uio.h>

#include <errno.h>

#include "guest/raw.h"

/*
 * valgrind recognises this sequence of instructions, which has no effect on a processor, as a
 * request: "client requests" in its manual.
 */
static bool is_under_valgrind(void)
{
	volatile uintptr_t request[6] = {0x1001}; /* RUNNING_ON_VALGRIND */
	uintptr_t answer = 0;

#if defined(__x86_64__)
	__asm__ volatile("rolq $3, %%rdi\n\trolq $13, %%rdi\n\t"
			 "rolq $61, %%rdi\n\trolq $51, %%rdi\n\t"
			 "xchgq %%rbx, %%rbx"
			 : "+d"(answer)
			 : "a"(request)
			 : "cc", "memory");
#elif defined(__aarch64__)
	register uintptr_t x3 __asm__("x3") = 0;
	register volatile uintptr_t *x4 __asm__("x4") = request;

	__asm__ volatile("ror x12, x12, #3\n\tror x12, x12, #13\n\t"
			 "ror x12, x12, #51\n\tror x12, x12, #61\n\t"
			 "orr x10, x10, x10"
			 : "+r"(x3)
			 : "r"(x4)
			 : "cc", "memory");
	answer = x3;
#endif
	return answer != 0;
}

static bool can_be_copied(uintptr_t address)
{
	uint64_t copy = 0;
	struct iovec to = {&copy, sizeof(copy)}, from = {(void *)address, sizeof(copy)};

	return RAW_5(SYS_process_vm_readv, RAW_0(SYS_getpid), &to, 1, &from, 1) ==
	       (long)sizeof(copy);
}

bool readable(uintptr_t address)
{
	if (is_under_valgrind())
		return can_be_copied(address);
	return RAW_4(SYS_rt_sigprocmask, -1, address, 0, sizeof(uint64_t)) == -EINVAL;
}
