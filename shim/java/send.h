/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send.h - shared by the functions that are woven into the Java
 * client, and by nobody else.
 *
 * Each is a native method, called in the middle of the client's own. It leaves
 * no exception pending and keeps no reference; what it has to know of an object
 * later on it ties to the object itself, as a JVMTI tag: threads are no place
 * for it, for a virtual thread may go on in another one.
 */
#ifndef UNFLUSHED_PROBE_JVM_CALLS_H
#define UNFLUSHED_PROBE_JVM_CALLS_H

#include "guest/guest.h"
#include "java/probe.h"

/* By rows of PROBE_JVM_HOOKS; what comes behind the class is their operands. */
typedef void probe_jvm_one_fn(jni_env, java_ref, java_ref);
typedef void probe_jvm_two_fn(jni_env, java_ref, java_ref, java_ref);
typedef void probe_jvm_three_fn(jni_env, java_ref, java_ref, java_ref, java_ref);
void probe_jvm_call_accepted(jni_env env, java_ref target, java_ref result, int32_t key_bytes,
			     int32_t value_bytes);
probe_jvm_one_fn probe_jvm_call_running, probe_jvm_call_ending, probe_jvm_call_aborting,
	probe_jvm_call_ended, probe_jvm_call_given_up, probe_jvm_call_asked, probe_jvm_call_made,
	probe_jvm_call_flush_began, probe_jvm_call_flush_ended, probe_jvm_call_close_ended,
	probe_jvm_call_begun, probe_jvm_call_commit_began, probe_jvm_call_commit_ended,
	probe_jvm_call_abort_began, probe_jvm_call_abort_ended;
probe_jvm_two_fn probe_jvm_call_added, probe_jvm_call_close_began;
probe_jvm_three_fn probe_jvm_call_refused, probe_jvm_call_sent;

/* A child of vfork, on this memory, runs no Java: it is not asked about. */
static inline bool probe_jvm_recording(void)
{
	return guest_phase() == GUEST_RECORDING;
}

/* The account of the KafkaProducer whose method is running. */
static inline struct guest_producer *probe_jvm_account_self(jni_env env, java_ref target,
							    java_ref self)
{
	const struct probe_jvm_client *client =
		probe_jvm_recording() ? probe_jvm_client_of(target) : NULL;

	return client ? probe_jvm_account_producer(env, client, self) : NULL;
}

/* ---- a batch: partition.c ---- */

/* What the tag of its ProduceRequestResult says. */
struct probe_jvm_batch {
	uint32_t row;	 /* of SECTION_TOPIC plus 1; 0: not (yet) the producer's */
	uint32_t site;	 /* of all its records; 0: of several, or none */
	uint32_t number; /* in its partition, modulo 2048 */
	uint64_t bytes;
	bool failed;
	bool begun;
};

struct probe_jvm_batch probe_jvm_batch_of(java_ref result);
void probe_jvm_batch_tag(java_ref result, const struct probe_jvm_batch *batch);

/* Its first record, or first ones, are in: gives it its number. */
void probe_jvm_batch_begin(jni_env env, java_ref result, struct probe_jvm_batch *batch,
			   uint64_t records);
/* One more record in the batch that is its partition's newest. */
void probe_jvm_batch_add(uint32_t row, uint32_t site, uint64_t bytes);
/* It takes no more records: completes bytes and site. */
void probe_jvm_batch_total(struct probe_jvm_batch *batch);

/* A batch has ended; `asked`: the last of its records had a callback. */
void probe_jvm_settled(struct guest_producer *producer, uint32_t row, uint64_t records, bool asked);
/* The application has the result of record `index` of the batch. */
void probe_jvm_got(const struct probe_jvm_batch *batch, int64_t index);
/* It has waited for the first `produced`. */
void probe_jvm_covered(struct guest_producer *producer, uint64_t produced, enum trace_waited_by by);

#endif
