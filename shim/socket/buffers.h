/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buffers.h - the memory that one call reads or writes: one buffer or an iovec.
 */
#ifndef UNFLUSHED_SOCKET_BUFFERS_H
#define UNFLUSHED_SOCKET_BUFFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "calls/calls.h"
#include "format/format.h"
#include "format/kafka_api.h"

struct buffers {
	const struct iovec *parts; /* NULL: `bytes` alone, or unseen */
	size_t parts_count;
	const void *bytes; /* NULL with no parts: the guest cannot read them (sendfile) */
	size_t offered;
	bool at_once; /* MSG_DONTWAIT */
};

static inline size_t buffers_parts_bytes(const struct iovec *parts, size_t count)
{
	size_t bytes = 0;

	for (size_t i = 0; i < count; i++)
		bytes += parts[i].iov_len;
	return bytes;
}

/* Is called with `count` bytes that the kernel took or gave; NULL: they cannot be read. */
typedef void buffers_show_fn(struct trace_socket *row, const void *bytes, size_t count,
			     int64_t now_ns);

/* Calls `show` with the first `moved` bytes, once for each part. */
static inline void buffers_show(const struct buffers *buffers, size_t moved,
				struct trace_socket *row, int64_t now_ns, buffers_show_fn *show)
{
	const struct iovec *part = buffers->parts;

	if (!part) {
		show(row, buffers->bytes, moved, now_ns);
		return;
	}
	for (size_t i = 0; i < buffers->parts_count && moved; i++, part++) {
		size_t count = part->iov_len < moved ? part->iov_len : moved;

		if (count)
			show(row, part->iov_base, count, now_ns);
		moved -= count;
	}
}

static inline struct buffers buffers_of(const void *bytes, size_t count)
{
	return (struct buffers){.bytes = bytes, .offered = count};
}

static inline struct buffers buffers_of_parts(const struct iovec *parts, size_t count)
{
	return (struct buffers){.parts = parts,
				.parts_count = count,
				.offered = buffers_parts_bytes(parts, count)};
}

/* The first bytes that a write offers, if enough of them lie together to say which
 * request of a Kafka client's it is (kafka_api_of). */
static inline const uint8_t *buffers_first(const void *bytes, size_t count)
{
	return count >= KAFKA_API_BYTES ? bytes : NULL;
}

static inline const uint8_t *buffers_first_of_parts(const struct iovec *parts, size_t count)
{
	return (int)count > 0 && parts[0].iov_len >= KAFKA_API_BYTES ? parts[0].iov_base : NULL;
}

/* The fast path after a write that took all of the `offered` bytes (on_bytes.c): counts it, if
 * nothing else is due for its connection. False: nothing was done, the handler must run. */
bool bytes_settle(const struct call *call, size_t offered);

#endif
