/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raw.h - system calls made without libc.
 *
 * The guest's own system calls must neither touch errno nor go through the
 * functions of libc that it (or another preload) has replaced, and must not
 * be cancellation points. Results are the kernel's: a value, or -errno.
 */
#ifndef UNFLUSHED_GUEST_RAW_H
#define UNFLUSHED_GUEST_RAW_H

#include <sys/syscall.h>

#if defined(__x86_64__)
static inline long raw_call6(long number, long a, long b, long c, long d, long e, long f)
{
	long result;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}
#elif defined(__aarch64__)
static inline long raw_call6(long number, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}
#else
#error "raw.h knows x86-64 and aarch64: add the calling convention of this one"
#endif

#define RAW_5(n, a, b, c, d, e)                                                                \
	raw_call6((n), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define RAW_4(n, a, b, c, d) RAW_5(n, a, b, c, d, 0)
#define RAW_3(n, a, b, c) RAW_5(n, a, b, c, 0, 0)
#define RAW_2(n, a, b) RAW_5(n, a, b, 0, 0, 0)
#define RAW_1(n, a) RAW_5(n, a, 0, 0, 0, 0)
#define RAW_0(n) RAW_5(n, 0, 0, 0, 0, 0)

#endif
