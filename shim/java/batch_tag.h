/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_tag.h - what is known of a batch, in the 64 bits of a JVMTI tag.
 */
#ifndef UNFLUSHED_JAVA_BATCH_TAG_H
#define UNFLUSHED_JAVA_BATCH_TAG_H

#include <stdbool.h>
#include <stdint.h>

#include "java/api.h"

#define JAVA_BATCH_NUMBERS 2048u

/* What the tag of a batch's ProduceRequestResult says. */
struct probe_jvm_batch {
	uint32_t row;	 /* of SECTION_TOPIC plus 1; 0: not (yet) the producer's */
	uint32_t site;	 /* of all its records; 0: of several, or none */
	uint32_t number; /* in its partition, modulo JAVA_BATCH_NUMBERS */
	uint64_t bytes;
	bool failed;
	bool begun;
};

/* All zero: the tag was never written. */
struct probe_jvm_batch probe_jvm_batch_of(java_ref result);
/* Bytes beyond the 30 bits that they have are cut off. */
void probe_jvm_batch_tag(java_ref result, const struct probe_jvm_batch *batch);

#endif
