/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stall.h - the spans in which the kernel would not take what it was offered.
 */
#ifndef UNFLUSHED_STALL_H
#define UNFLUSHED_STALL_H

#include <stdint.h>

#include "format/format.h"

/* The kernel took less than it was offered, at `now_ns`. */
void stall_begin(int fd, struct trace_socket *row, int64_t now_ns);

/* It made progress, or the connection ends. Nothing if no stall goes on. */
void stall_end(struct trace_socket *row, int64_t now_ns);

/* A blocking call that took from began_ns to ended_ns to be taken whole. */
void stall_whole(int fd, struct trace_socket *row, int64_t began_ns, int64_t ended_ns);

#endif
