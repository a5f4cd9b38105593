/* SPDX-License-Identifier: Apache-2.0 */
/*
 * written.h - the bytes that a call offers to a socket, for the WRITE rows of
 * calls/calls.def.
 *
 * A row's expression is evaluated twice, each time only the fields that are
 * used: before the call for the first bytes, if the connection carries Kafka
 * frames; after the call for the rest, when the kernel has read the memory
 * without an error.
 */
#ifndef UNFLUSHED_ENTRY_WRITTEN_H
#define UNFLUSHED_ENTRY_WRITTEN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "socket/buffers.h"

struct written {
	const uint8_t *first; /* its first six bytes; NULL: not contiguous or not read */
	size_t whole; /* the result when all was taken; SIZE_MAX: the handler must look */
	const struct msghdr *message; /* NULL: no descriptor can be passed in it */
	struct buffers buffers;	      /* all its bytes; empty: they cannot be read */
};

static inline struct written written_bytes(const void *bytes, size_t count)
{
	return (struct written){.first = buffers_first(bytes, count),
				.whole = count,
				.buffers = buffers_of(bytes, count)};
}

static inline struct written written_parts(const struct iovec *parts, size_t count)
{
	return (struct written){.first = buffers_first_of_parts(parts, count),
				.whole = buffers_parts_bytes(parts, count),
				.buffers = {.parts = parts, .parts_count = count}};
}

static inline struct written written_message(const struct msghdr *message)
{
	return (struct written){
		.first = buffers_first_of_parts(message->msg_iov, message->msg_iovlen),
		.whole = message->msg_controllen
				 ? SIZE_MAX
				 : buffers_parts_bytes(message->msg_iov, message->msg_iovlen),
		.message = message,
		.buffers = {.parts = message->msg_iov, .parts_count = message->msg_iovlen},
	};
}

/* The bytes are in a file, or in several messages. */
static inline struct written written_unseen(void)
{
	return (struct written){.whole = SIZE_MAX};
}

#endif
