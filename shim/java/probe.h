/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe.h - counts the records of the Java client's producers.
 *
 * kafka-clients is Java from end to end: what its accumulator holds is on no
 * socket. So the probe weaves calls of its own functions into a few methods of
 * the client's classes (JVMTI, RetransformClasses). The counts land in the
 * trace as they happen; the methods do what they did.
 *
 *	a selector made inside of KafkaProducer's constructor ── java_probe_selector_seen()
 *	── weaves, once a class loader
 *	a producer's Sender is made: its account is opened
 *	runOnce ── new FutureRecordMetadata ── IncompleteBatches.add
 *	account    one record into a batch     its batch is the producer's: SENT
 *	       ── completeFutureAndFireCallbacks ── flush, close, valueOrError
 *	          DELIVERED, FAILED, ...           waited
 *
 * So nothing is sent, or refused, before the client is woven. Where that selector was not
 * seen (another SelectorProvider), connect() on a sender's thread weaves: before any record
 * can be accepted, for the client must learn a topic's partitions first, but what send() has
 * refused by then is not counted, and the trace says so (NOTE_JVM_LATE). A client of another
 *shape, a JVM that does not let us or that archives its classes is left alone, and the trace
 *says so; UNFLUSHED_PROBE_JVM=off leaves all of them alone.
 */
#ifndef UNFLUSHED_JAVA_PROBE_H
#define UNFLUSHED_JAVA_PROBE_H

/* A selector, or what else epoll serves, has been made by code that returns to `caller`. */
void java_probe_selector_seen(const void *caller);

/* A connection is about to be made by code that returns to `caller`. */
void java_probe_connect_seen(const void *caller);

#endif
