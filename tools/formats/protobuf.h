/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protobuf.h - messages in the wire format of Protocol Buffers, field by field.
 *
 * Has only what -f perfetto needs: numbers as varints, doubles, texts and
 * nested messages. (The format: protobuf.dev/programming-guides/encoding.) A
 * zeroed message is empty; protobuf_free() frees it.
 */
#ifndef UNFLUSHED_FORMATS_PROTOBUF_H
#define UNFLUSHED_FORMATS_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

struct protobuf {
	uint8_t *bytes;
	size_t count, room;
};

/* Also for an int64, an enum or a bool: a negative number takes ten bytes. */
void protobuf_number(struct protobuf *message, unsigned field, uint64_t value);
void protobuf_double(struct protobuf *message, unsigned field, double value);
void protobuf_text(struct protobuf *message, unsigned field, const char *text);
/* The value is a message; `inner` is empty afterwards. */
void protobuf_message(struct protobuf *message, unsigned field, struct protobuf *inner);

/* Empties the message; its memory is kept for the next one. */
void protobuf_clear(struct protobuf *message);
void protobuf_free(struct protobuf *message);

#endif
