/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answers.c - see answers.h.
 *
 * Kafka protocol: RequestHeader v0 to v2, and the fields of ProduceRequest v0 to v13 up to
 * acks. Numbers are big-endian.
 */
#include "prove/answers.h"

#include <stdlib.h>
#include <string.h>

#include "format/kafka_api.h"
#include "memory/memory.h"

#define HEAD_FIRST 16	/* length, api, version, correlation id, length of the client id */
#define HEAD_MOST 70000 /* with the longest client id and transactional id that there are */
#define PRODUCE_TRANSACTION 3 /* from this version on there is a transactional id */
#define PRODUCE_FLEXIBLE 9    /* and it is compact */
#define PRODUCE_NEWEST 20     /* whatever will be published before acks moves */
#define API_MOST 200
#define VERSION_MOST 60
#define WAITING_MOST 65536 /* requests that a connection may have under way */

static int32_t number(const uint8_t *at, size_t bytes)
{
	uint32_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value = value << 8 | at[i];
	return bytes == 2 ? (int16_t)value : (int32_t)value;
}

void answers_free(struct answers *answers)
{
	free(answers->head);
	free(answers->waiting);
	*answers = (struct answers){.lost = true};
}

static void lose(struct answers *answers)
{
	answers->lost = true;
	answers->head_bytes = 0;
	answers->count = 0;
}

/* ---- requests ---- */

/* Removes the oldest request that will not be answered, to make room. */
static bool waiting_drop_unanswered(struct answers *answers)
{
	if (!answers->count || answers->waiting[answers->first].kind != ANSWERS_UNANSWERED)
		return false;
	answers->first = (answers->first + 1) % answers->room;
	answers->count--;
	return true;
}

static void waiting_grow(struct answers *answers)
{
	size_t room = answers->room ? answers->room * 2 : 16;
	struct answers_request *waiting = memory_zeroed(room, sizeof(*waiting));

	for (size_t i = 0; i < answers->count; i++)
		waiting[i] = answers->waiting[(answers->first + i) % answers->room];
	free(answers->waiting);
	answers->waiting = waiting;
	answers->room = room;
	answers->first = 0;
}

static void waiting_add(struct answers *answers, int32_t correlation, enum answers_kind kind)
{
	while (answers->count > 1024 && waiting_drop_unanswered(answers))
		;
	if (answers->count >= WAITING_MOST) {
		lose(answers);
		return;
	}
	if (answers->count == answers->room)
		waiting_grow(answers);
	answers->waiting[(answers->first + answers->count++) % answers->room] =
		(struct answers_request){correlation, kind};
	answers->produced += kind == ANSWERS_PRODUCE;
	answers->unanswered += kind == ANSWERS_UNANSWERED;
}

enum found {
	FOUND,
	FOUND_MORE, /* more of the head is needed */
	FOUND_BAD,
};

/* A varint of 32 bits. */
static enum found varint(const struct answers *answers, size_t *at, uint32_t *value)
{
	*value = 0;
	for (int shift = 0; shift < 35; shift += 7) {
		if (*at >= answers->head_bytes)
			return FOUND_MORE;
		uint8_t byte = answers->head[(*at)++];

		*value |= (uint32_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return FOUND;
	}
	return FOUND_BAD;
}

/* Skips a nullable string with a length of two bytes. */
static enum found text(const struct answers *answers, size_t *at)
{
	if (*at + 2 > answers->head_bytes)
		return FOUND_MORE;
	int32_t bytes = number(answers->head + *at, 2);

	if (bytes < -1)
		return FOUND_BAD;
	*at += 2 + (size_t)(bytes < 0 ? 0 : bytes);
	return FOUND;
}

/* Skips the tagged fields of a header; mostly there are none. */
static enum found tags(const struct answers *answers, size_t *at)
{
	uint32_t fields, tag, bytes;
	enum found found = varint(answers, at, &fields);

	for (; found == FOUND && fields; fields--) {
		found = varint(answers, at, &tag);
		if (found == FOUND)
			found = varint(answers, at, &bytes);
		if (found == FOUND && bytes > HEAD_MOST)
			return FOUND_BAD;
		*at += found == FOUND ? bytes : 0;
	}
	return found;
}

static enum found compact_text(const struct answers *answers, size_t *at)
{
	uint32_t bytes;
	enum found found = varint(answers, at, &bytes);

	if (found == FOUND && bytes > HEAD_MOST)
		return FOUND_BAD;
	*at += found == FOUND && bytes ? bytes - 1 : 0;
	return found;
}

static enum found acks_find(const struct answers *answers, int32_t version, int32_t *acks)
{
	size_t at = 12;
	enum found found = text(answers, &at); /* the client id, in every version so */

	if (found == FOUND && version >= PRODUCE_FLEXIBLE)
		found = tags(answers, &at);
	if (found == FOUND && version >= PRODUCE_FLEXIBLE)
		found = compact_text(answers, &at);
	else if (found == FOUND && version >= PRODUCE_TRANSACTION)
		found = text(answers, &at);
	if (found != FOUND)
		return found;
	if (at + 2 > answers->head_bytes)
		return FOUND_MORE;
	*acks = number(answers->head + at, 2);
	return *acks >= -1 && *acks <= 1 ? FOUND : FOUND_BAD;
}

static bool is_request(const struct answers *answers, uint32_t length)
{
	int32_t api = number(answers->head + 4, 2), version = number(answers->head + 6, 2);

	return length >= 8 && api >= 0 && api <= API_MOST && version >= 0 &&
	       version <= VERSION_MOST;
}

/* Reads from a request's head whether and how it will be answered. */
static enum found request_read(struct answers *answers)
{
	uint32_t length = (uint32_t)number(answers->head, 4);
	int32_t api, version, acks = 1;

	if (length > INT32_MAX)
		return FOUND_BAD;
	if (!is_request(answers, length)) {
		if (!answers->tokens)
			return FOUND_BAD;
		waiting_add(answers, 0, ANSWERS_TOKEN);
		return FOUND;
	}
	api = number(answers->head + 4, 2);
	version = number(answers->head + 6, 2);
	if (api == KAFKA_API_PRODUCE) {
		enum found found = version > PRODUCE_NEWEST
					   ? FOUND_BAD
					   : acks_find(answers, version, &acks);

		if (found != FOUND)
			return found;
	}
	if (api == KAFKA_API_SASL_HANDSHAKE)
		answers->tokens = version == 0;
	waiting_add(answers, number(answers->head + 8, 4),
		    api != KAFKA_API_PRODUCE ? ANSWERS_OTHER
		    : acks		     ? ANSWERS_PRODUCE
					     : ANSWERS_UNANSWERED);
	return FOUND;
}

/* How many bytes of a request are needed to know what it is. */
static size_t head_wanted(const struct answers *answers)
{
	if (answers->head_bytes < 4)
		return 4;
	uint64_t whole = 4 + (uint64_t)(uint32_t)number(answers->head, 4);
	size_t most = whole < HEAD_MOST ? (size_t)whole : HEAD_MOST;

	if (answers->head_bytes < HEAD_FIRST)
		return most < HEAD_FIRST ? most : HEAD_FIRST;
	return answers->head_bytes < most ? answers->head_bytes + 1 : most;
}

static void head_add(struct answers *answers, const uint8_t *bytes, size_t count)
{
	if (answers->head_bytes + count > answers->head_room) {
		answers->head_room = (answers->head_bytes + count) * 2;
		answers->head = memory_grown(answers->head, answers->head_room, 1);
	}
	memcpy(answers->head + answers->head_bytes, bytes, count);
	answers->head_bytes += count;
}

static void head_take(struct answers *answers)
{
	uint64_t whole = 4 + (uint64_t)(uint32_t)number(answers->head, 4);
	bool all = answers->head_bytes >= (whole < HEAD_MOST ? whole : HEAD_MOST);

	/* A SASL token may be shorter than a header. */
	if (answers->head_bytes < 12 && all) {
		if (answers->tokens)
			waiting_add(answers, 0, ANSWERS_TOKEN);
		else
			lose(answers);
	} else {
		enum found found = request_read(answers);

		if (found == FOUND_MORE && !all)
			return;
		if (found != FOUND)
			lose(answers);
	}
	if (answers->lost)
		return;
	answers->sent_left = whole - answers->head_bytes;
	answers->head_bytes = 0;
}

void answers_sent(struct answers *answers, const uint8_t *bytes, size_t count)
{
	while (count && !answers->lost) {
		size_t taken;

		if (answers->sent_left) {
			taken = count < answers->sent_left ? count : (size_t)answers->sent_left;
			answers->sent_left -= taken;
		} else {
			taken = head_wanted(answers) - answers->head_bytes;
			taken = taken < count ? taken : count;
			head_add(answers, bytes, taken);
			if (answers->head_bytes == 4 && number(answers->head, 4) < 0)
				lose(answers);
			else if (answers->head_bytes >= 12 ||
				 (answers->head_bytes >= 4 &&
				  answers->head_bytes == head_wanted(answers)))
				head_take(answers);
		}
		bytes += taken;
		count -= taken;
	}
}

/* ---- answers ---- */

/* Whether it is an answer to Produce. *known false: no request has this correlation id. */
static bool answers_produce(struct answers *answers, int32_t correlation, bool *known)
{
	*known = true;
	while (answers->count) {
		struct answers_request request = answers->waiting[answers->first];
		bool is_it =
			request.kind != ANSWERS_TOKEN && request.correlation == correlation;

		if (!is_it && request.kind != ANSWERS_UNANSWERED)
			break;
		answers->first = (answers->first + 1) % answers->room;
		answers->count--;
		if (is_it)
			return request.kind == ANSWERS_PRODUCE;
	}
	*known = false;
	return false;
}

static void answer_read(struct answers *answers, struct answers_piece *piece)
{
	int32_t length = number(answers->answer, 4);
	bool known = false;

	piece->begins_produce =
		length >= 4 && answers_produce(answers, number(answers->answer + 4, 4), &known);
	if (!known)
		lose(answers);
	else
		answers->received_left = (uint64_t)length - 4;
	piece->bytes = answers->answer;
	piece->count = answers->answer_bytes;
	answers->answer_bytes = 0;
}

static bool answers_token(const struct answers *answers)
{
	return answers->count && answers->waiting[answers->first].kind == ANSWERS_TOKEN;
}

/* The answer to a token may be empty, and has no correlation id. */
static void token_read(struct answers *answers, struct answers_piece *piece)
{
	int32_t length = number(answers->answer, 4);

	answers->first = (answers->first + 1) % answers->room;
	answers->count--;
	if (length < 0)
		lose(answers);
	else
		answers->received_left = (uint64_t)length;
	*piece = (struct answers_piece){.bytes = answers->answer,
					.count = answers->answer_bytes};
	answers->answer_bytes = 0;
}

static void rest_take(const uint8_t **bytes, size_t *count, size_t taken,
		      struct answers_piece *piece)
{
	*piece = (struct answers_piece){.bytes = *bytes, .count = taken};
	*bytes += taken;
	*count -= taken;
}

bool answers_received(struct answers *answers, const uint8_t **bytes, size_t *count,
		      struct answers_piece *piece)
{
	*piece = (struct answers_piece){0};
	if (answers->lost && answers->answer_bytes) {
		piece->bytes = answers->answer;
		piece->count = answers->answer_bytes;
		answers->answer_bytes = 0;
		return true;
	}
	if (!*count)
		return false;
	if (answers->lost) {
		rest_take(bytes, count, *count, piece);
		return true;
	}
	if (answers->received_left) {
		size_t taken = *count < answers->received_left ? *count
							       : (size_t)answers->received_left;

		answers->received_left -= taken;
		rest_take(bytes, count, taken, piece);
		return true;
	}
	while (answers->answer_bytes < ANSWERS_ANSWER_BYTES && *count) {
		answers->answer[answers->answer_bytes++] = *(*bytes)++;
		--*count;
		if (answers->answer_bytes == 4 && answers_token(answers)) {
			token_read(answers, piece);
			return true;
		}
	}
	if (answers->answer_bytes < ANSWERS_ANSWER_BYTES)
		return false;
	answer_read(answers, piece);
	return true;
}
