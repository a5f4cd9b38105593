/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protobuf.h - messages in the wire format of Protocol Buffers, field by field.
 *
 * Only what -f perfetto needs of it: numbers as varints, doubles, texts and messages in
 * messages. (The format: protobuf.dev/programming-guides/encoding.) A message that is set to
 * all zeros is empty; protobuf_free() ends it.
 */
#ifndef UNFLUSHED_FORMATS_PROTOBUF_H
#define UNFLUSHED_FORMATS_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

struct protobuf {
	uint8_t *bytes;
	size_t count, room;
};

/* Also of an int64, an enum, a bool: a negative one takes ten bytes. */
void protobuf_number(struct protobuf *message, unsigned field, uint64_t value);
void protobuf_double(struct protobuf *message, unsigned field, double value);
void protobuf_text(struct protobuf *message, unsigned field, const char *text);
/* Another message is the value; `inner` is empty afterwards. */
void protobuf_message(struct protobuf *message, unsigned field, struct protobuf *inner);

/* Empty; its memory is kept for the next. */
void protobuf_clear(struct protobuf *message);
void protobuf_free(struct protobuf *message);

#endif
