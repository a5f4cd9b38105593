/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acks0_queue.h - how much of the Produce requests with acks=0, which the broker does not
 * answer, is still in the kernel's send queue (SIOCOUTQ).
 *
 * With acks=0 a message is done when it is in the kernel's send queue, and a
 * process that is killed cannot be asked what was left there. So the queue is
 * sampled when the application has been told that nothing is left (flush,
 * outq_len), while it is written to, and when a thread comes back from a wait
 * some time after the last write. A sample also says how many bytes more the
 * peer's window had room for: bytes written since that fit into it are taken to have gone out.
 * None are while the host has unread answers: its end would then reset the connection.
 */
#ifndef UNFLUSHED_SOCKET_ACKS0_QUEUE_H
#define UNFLUSHED_SOCKET_ACKS0_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "format/format.h"

/* This thread has written a whole Produce request with acks=0 on this connection; or, over TLS,
 * a producer with acks=0 has written what may be one. */
void acks0_queue_note(struct trace_socket *row);

/* Samples every open connection that carried acks=0 and was written to since. For
 * threads whose flush or outq_len has just said that nothing is left. */
void acks0_queue_sample_all(void);

/* The same, but only where nothing was written for 50 ms, and seldom. */
void acks0_queue_sample_settled(void);

/* True while acks=0 requests were written that may still be queued. */
bool acks0_queue_is_open(void);

#endif
