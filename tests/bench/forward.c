/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forward.c - a preload that does nothing but pass calls on: the least that any can cost.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/types.h>

typedef ssize_t send_fn(int fd, const void *bytes, size_t count, int flags);
typedef ssize_t write_fn(int fd, const void *bytes, size_t count);

ssize_t send(int fd, const void *bytes, size_t count, int flags);
ssize_t write(int fd, const void *bytes, size_t count);

static send_fn *real_send;
static write_fn *real_write;

__attribute__((constructor)) static void find(void)
{
	*(void **)&real_send = dlsym(RTLD_NEXT, "send");
	*(void **)&real_write = dlsym(RTLD_NEXT, "write");
}

/* The result is looked at, as anything that counts has to: no tail call. */
ssize_t send(int fd, const void *bytes, size_t count, int flags)
{
	ssize_t sent = real_send(fd, bytes, count, flags);

	__asm__ volatile("" : "+r"(sent));
	return sent;
}

ssize_t write(int fd, const void *bytes, size_t count)
{
	ssize_t sent = real_write(fd, bytes, count);

	__asm__ volatile("" : "+r"(sent));
	return sent;
}
