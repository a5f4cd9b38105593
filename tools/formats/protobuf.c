/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protobuf.c - see protobuf.h.
 */
#include "formats/protobuf.h"

#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"

/* How a field's value is written: the low bits of its tag. */
enum wire_type { WIRE_VARINT = 0, WIRE_64_BITS = 1, WIRE_BYTES = 2 };

static void put_bytes(struct protobuf *message, const void *bytes, size_t count)
{
	if (message->room - message->count < count) {
		message->room = 2 * message->room + count + 64;
		message->bytes = memory_grown(message->bytes, message->room, 1);
	}
	if (count)
		memcpy(message->bytes + message->count, bytes, count);
	message->count += count;
}

/* Seven bits in each byte, the lowest first; the highest bit says whether more follow. */
static void put_varint(struct protobuf *message, uint64_t value)
{
	uint8_t bytes[10];
	size_t count = 0;

	for (; value >= 0x80; value >>= 7)
		bytes[count++] = (uint8_t)(value | 0x80);
	bytes[count++] = (uint8_t)value;
	put_bytes(message, bytes, count);
}

static void put_tag(struct protobuf *message, unsigned field, enum wire_type type)
{
	put_varint(message, (uint64_t)field << 3 | type);
}

void protobuf_number(struct protobuf *message, unsigned field, uint64_t value)
{
	put_tag(message, field, WIRE_VARINT);
	put_varint(message, value);
}

void protobuf_double(struct protobuf *message, unsigned field, double value)
{
	put_tag(message, field, WIRE_64_BITS);
	put_bytes(message, &value, sizeof value); /* little end first, as on all our machines */
}

void protobuf_text(struct protobuf *message, unsigned field, const char *text)
{
	size_t length = strlen(text);

	put_tag(message, field, WIRE_BYTES);
	put_varint(message, length);
	put_bytes(message, text, length);
}

void protobuf_message(struct protobuf *message, unsigned field, struct protobuf *inner)
{
	put_tag(message, field, WIRE_BYTES);
	put_varint(message, inner->count);
	put_bytes(message, inner->bytes, inner->count);
	protobuf_clear(inner);
}

void protobuf_clear(struct protobuf *message)
{
	message->count = 0;
}

void protobuf_free(struct protobuf *message)
{
	free(message->bytes);
	*message = (struct protobuf){0};
}
