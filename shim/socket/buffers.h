/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buffers.h - the memory that one call gave or was given, however it was named.
 */
#ifndef UNFLUSHED_SPAN_H
#define UNFLUSHED_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#include "socket/frames.h"

struct span {
	const struct iovec *parts; /* NULL: `bytes` alone, or unseen */
	size_t parts_count;
	const void *bytes; /* NULL with no parts: sent without passing by us */
	size_t offered;
	bool at_once; /* the call was not to wait for room */
};

static inline size_t parts_bytes(const struct iovec *parts, size_t count)
{
	size_t bytes = 0;

	for (size_t i = 0; i < count; i++)
		bytes += parts[i].iov_len;
	return bytes;
}

typedef void wire_bytes_fn(struct trace_socket *row, const void *bytes, size_t count,
			   int64_t now_ns);

static inline void span_show(const struct span *span, size_t moved, struct trace_socket *row,
		      int64_t now_ns, wire_bytes_fn *show)
{
	if (!span->parts) {
		show(row, span->bytes, moved, now_ns);
		return;
	}
	for (size_t i = 0; i < span->parts_count && moved; i++) {
		size_t count = span->parts[i].iov_len < moved ? span->parts[i].iov_len : moved;

		if (count)
			show(row, span->parts[i].iov_base, count, now_ns);
		moved -= count;
	}
}

static inline struct span span_of(const void *bytes, size_t count)
{
	return (struct span){.bytes = bytes, .offered = count};
}

static inline struct span span_of_parts(const struct iovec *parts, size_t count)
{
	return (struct span){.parts = parts, .parts_count = count, .offered = parts_bytes(parts, count)};
}

#endif
