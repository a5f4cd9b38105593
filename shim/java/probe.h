/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe.h - counts the records of the Java client's producers.
 *
 * kafka-clients is written in Java: no socket shows the records that its
 * accumulator holds. So the probe inserts ("weaves") calls of the guest's
 * functions into a few methods of the client's classes (JVMTI,
 * RetransformClasses); what the methods do stays the same.
 *
 *	a selector made inside of KafkaProducer's constructor ── java_probe_selector_seen()
 *	── weaves, once a class loader
 *	a producer's Sender is made: its account is opened
 *	runOnce ── new FutureRecordMetadata ── IncompleteBatches.add
 *	account    one record into a batch     its batch is the producer's: SENT
 *	       ── completeFutureAndFireCallbacks ── flush, close, valueOrError
 *	          DELIVERED, FAILED, ...           waited
 *
 * So the client is woven before it sends or refuses a record. Where that
 * selector was not seen (another SelectorProvider), connect() on a sender's
 * thread weaves. That is before any record can be accepted, because the client
 * must first learn a topic's partitions; but records that send() has refused by
 * then are not counted, and the trace says so (NOTE_JVM_LATE). Not woven, which
 * the trace says, too, are clients whose methods or fields are not those that
 * the guest knows, and all clients in a JVM that does not allow it or that
 * archives its classes; with UNFLUSHED_PROBE_JVM=off, none is.
 */
#ifndef UNFLUSHED_JAVA_PROBE_H
#define UNFLUSHED_JAVA_PROBE_H

/* Code that returns to `caller` has made a selector, or another object that uses epoll. */
void java_probe_selector_seen(const void *caller);

/* Code that returns to `caller` is about to make a connection. */
void java_probe_connect_seen(const void *caller);

#endif
