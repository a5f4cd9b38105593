/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe.h - counts the messages of the producers that are Python from
 * end to end, kafka-python's and aiokafka's, and those that confluent-kafka's
 * AIOProducer holds before librdkafka has them.
 *
 * Messages in the memory of these clients are seen on no socket. So the probe
 * replaces a few methods of their classes by functions of the guest. These call
 * the original with the same arguments, return its result or exception as it is,
 * and count in the trace as things happen.
 *
 *	socketpair() of the socket module -- python_probe_pair_seen() -+
 *	connect() ------------------- python_probe_connect_seen() -----+- wraps, once
 *	send() -- append to a batch -- batch done -- flush(), close(), get()
 *	          SENT                 DELIVERED ...  waited
 *
 * A version whose classes have another shape is left alone, and the trace
 * says so. UNFLUSHED_PROBE_PYTHON=off leaves all of them alone.
 */
#ifndef UNFLUSHED_PYTHON_PROBE_H
#define UNFLUSHED_PYTHON_PROBE_H

#include <stdint.h>

/*
 * A pair of sockets was made by code that returns to `caller`. A KafkaProducer makes one before
 * anything can be sent; it may connect only when the first send() waits, too late to see that
 * send() refused. If a client is found, the trace is made here when there is none yet.
 */
void python_probe_pair_seen(const void *caller);

/* A connection is about to be made by code that returns to `caller`. */
void python_probe_connect_seen(const void *caller);

/* rd_kafka_new is about to be called: what is to be known of this producer, bits of
 * enum trace_producer_flag. `account_of`: the account that an rd_kafka_t has, opened at
 * need, or NULL; what it is needed for later on is known by it. */
struct account_producer;
uint32_t python_probe_producer_made(struct account_producer *(*account_of)(const void *rk));

#endif
