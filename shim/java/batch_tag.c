/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_tag.c - see batch_tag.h.
 */
#include "java/batch_tag.h"

#include "guest/guest.h"
#include "java/jvm/jni.h"

#define ROW_BITS 11
#define SITE_BITS 10
#define NUMBER_BITS 11
#define BYTES_BITS 30
#define BITS(n) ((1ull << (n)) - 1)

_Static_assert(GUEST_TOPIC_ROWS <= BITS(ROW_BITS), "a row fits into a tag");
_Static_assert(JAVA_BATCH_NUMBERS == 1u << NUMBER_BITS, "so does a number");

struct java_batch java_batch_tag_read(java_ref result)
{
	uint64_t bits = (uint64_t)jni_tag(result);

	return (struct java_batch){
		.begun = bits & 1,
		.failed = bits >> 1 & 1,
		.row = (uint32_t)(bits >> 2 & BITS(ROW_BITS)),
		.site = (uint32_t)(bits >> 13 & BITS(SITE_BITS)),
		.number = (uint32_t)(bits >> 23 & BITS(NUMBER_BITS)),
		.bytes = bits >> 34,
	};
}

void java_batch_tag_write(java_ref result, const struct java_batch *batch)
{
	uint64_t bytes = batch->bytes > BITS(BYTES_BITS) ? BITS(BYTES_BITS) : batch->bytes;

	jni_tag_set(result, (int64_t)((uint64_t)batch->begun | (uint64_t)batch->failed << 1 |
				      (uint64_t)batch->row << 2 | (uint64_t)batch->site << 13 |
				      ((uint64_t)batch->number & BITS(NUMBER_BITS)) << 23 |
				      bytes << 34));
}
