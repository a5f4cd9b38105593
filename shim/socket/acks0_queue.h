/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acks0_queue.h - what the kernel still holds of requests that nobody will answer.
 *
 * With acks=0 a message is done when it is in the kernel's send queue, and a
 * process that is killed cannot be asked what was left there. So the queue is
 * sampled when the application has been told that nothing is left (flush,
 * outq_len), while it is written to, and when a thread comes back from a wait
 * some time after the last write. A sample says how much the peer still had room
 * for: what was written since and fits in there went out, as far as can be known. Where
 * answers wait that the host has not read, nothing is: its end would reset the connection.
 */
#ifndef UNFLUSHED_SOCKET_ACKS0_QUEUE_H
#define UNFLUSHED_SOCKET_ACKS0_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "format/format.h"

/* A Produce with acks=0 was written whole on this connection, by this thread; or over TLS
 * what may be one, by a producer that asks for no answers. */
void acks0_queue_note(struct trace_socket *row);

/* Samples every open connection that carried acks=0 and was written to since. For
 * threads that were just told that all is done. */
void acks0_queue_sample_all(void);

/* The same, but only where nothing was written for 50 ms, and seldom. */
void acks0_queue_sample_settled(void);

/* True while there is something that acks0_queue_sample_settled() would look for. */
bool acks0_queue_is_open(void);

#endif
