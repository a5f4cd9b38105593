/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_tag.h - what the guest knows of a batch, packed into the 64 bits of a JVMTI tag.
 */
#ifndef UNFLUSHED_JAVA_BATCH_TAG_H
#define UNFLUSHED_JAVA_BATCH_TAG_H

#include <stdbool.h>
#include <stdint.h>

#include "java/jvm/api.h"

#define JAVA_BATCH_NUMBERS 2048u

/* The content of the tag of a batch's ProduceRequestResult. */
struct java_batch {
	uint32_t row;	 /* of SECTION_TOPIC plus 1; 0: not (yet) the producer's */
	uint32_t site;	 /* of all its records; 0: of several, or none */
	uint32_t number; /* in its partition, modulo JAVA_BATCH_NUMBERS */
	uint64_t bytes;
	bool failed;
	bool begun;
};

/* All zero: the tag was never written. */
struct java_batch java_batch_tag_read(java_ref result);
/* Bytes beyond the 30 bits that they have are cut off. */
void java_batch_tag_write(java_ref result, const struct java_batch *batch);

#endif
