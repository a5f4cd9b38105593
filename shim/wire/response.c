/* SPDX-License-Identifier: Apache-2.0 */
/*
 * response.c - the answers that the host was given.
 *
 * Kafka protocol, ResponseHeader v0-v1 and ProduceResponse v0-v13 (topics.h). An answer
 * is found by its correlation id among the requests in the window. Answers
 * to other APIs are counted and passed over, those to requests that are not
 * in the window (it was full; acks=0, which some brokers answer all the
 * same) are counted as such.
 */
#include "wire/response.h"

#include "format/kafka_api.h"
#include "wire/cursor.h"
#include "wire/topics.h"
#include "wire/window.h"

enum response_step {
	STEP_LENGTH = STEP_OWN,
	STEP_CORRELATION,
	STEP_BODY,
	STEP_TOPICS,
	STEP_TOPICS_END,
	STEP_PARTITION_BEGIN,
	STEP_PARTITION_ERROR,
	STEP_OFFSETS_PASSED,
	STEP_DETAILS,
	STEP_DETAIL,
	STEP_DETAIL_INDEX,
	STEP_DETAIL_TEXT,
	STEP_DETAIL_PASSED,
	STEP_MESSAGE,
	STEP_PARTITION_END,
	STEP_THROTTLE,
	STEP_PRODUCE_END,
	STEP_REST_PASSED,
	STEP_TOKEN_PASSED,
	STEP_COUNT,
};

#define OUT_OF_ORDER 32 /* places that an answer may overtake */

static const struct wire_request *request(const struct wire *wire)
{
	return &wire->window[wire->match % WIRE_WINDOW];
}

static bool flexible(const struct wire *wire)
{
	return request(wire)->version >= WIRE_PRODUCE_FLEXIBLE;
}

static bool frame(struct wire_step *step, struct wire_cursor *cursor)
{
	step->wire->matched = 0;
	step->wire->error = 0;
	return wire_frame(cursor, STEP_LENGTH);
}

/* A token of the SASL mechanism may be empty; an answer has its number. */
static bool length(struct wire_step *step, struct wire_cursor *cursor)
{
	uint32_t bytes = (uint32_t)cursor->value;
	if (bytes > INT32_MAX)
		return false;
	wire_frame_opens(cursor);
	if (bytes < 4)
		return step->wire->tokens_back && wire_skip_rest(cursor, STEP_TOKEN_PASSED);
	return wire_number(cursor, 4, STEP_CORRELATION);
}

/* Brokers answer in order: the first one looked at is the one, mostly. */
static bool find(struct wire *wire, int32_t correlation)
{
	uint8_t newest = __atomic_load_n(&wire->newest, __ATOMIC_ACQUIRE);
	for (uint8_t at = wire->oldest; at != newest; at = wire_place_after(at)) {
		const struct wire_request *entry = &wire->window[at % WIRE_WINDOW];
		if (entry->correlation == correlation && !entry->answered) {
			wire->match = at;
			return true;
		}
	}
	return false;
}

static bool correlation(struct wire_step *step, struct wire_cursor *cursor)
{
	struct wire *wire = step->wire;
	wire->matched = find(wire, (int32_t)cursor->value);
	if (!wire->matched) {
		uint8_t next = wire->tokens_back ? STEP_TOKEN_PASSED : STEP_REST_PASSED;
		return wire_skip_rest(cursor, next);
	}
	/* An answer to anything else ends the tokens. */
	wire->tokens_back =
		request(wire)->api == KAFKA_API_SASL_HANDSHAKE && request(wire)->version == 0;
	if (request(wire)->api != KAFKA_API_PRODUCE ||
	    request(wire)->version > WIRE_PRODUCE_NEWEST)
		return wire_skip_rest(cursor, STEP_REST_PASSED);
	return wire_tags(cursor, flexible(wire), STEP_BODY);
}

static bool body(struct wire_step *step, struct wire_cursor *cursor)
{
	return wire_length(cursor, flexible(step->wire), 4, STEP_TOPICS);
}

static bool topics(struct wire_step *step, struct wire_cursor *cursor)
{
	return wire_count_is(cursor, flexible(step->wire), &cursor->topics) &&
	       wire_go(cursor, STEP_TOPIC);
}

static bool topics_end(struct wire_step *step, struct wire_cursor *cursor)
{
	return wire_skip(cursor, request(step->wire)->version >= 1 ? 4 : 0, STEP_THROTTLE);
}

static bool partition(struct wire_step *step, struct wire_cursor *cursor)
{
	(void)step;
	return wire_number(cursor, 4 + 2, STEP_PARTITION_ERROR); /* index, error */
}

/* Offset; v2 adds the append time, v5 the log's start, v8 what was wrong. */
static bool partition_error(struct wire_step *step, struct wire_cursor *cursor)
{
	struct wire *wire = step->wire;
	uint8_t version = request(wire)->version;
	if (wire->error == 0)
		wire->error = (int16_t)cursor->value;
	uint32_t offsets = 8u + (version >= 2 ? 8u : 0u) + (version >= 5 ? 8u : 0u);
	return wire_skip(cursor, offsets, STEP_OFFSETS_PASSED);
}

static bool offsets_passed(struct wire_step *step, struct wire_cursor *cursor)
{
	if (request(step->wire)->version < 8)
		return wire_go(cursor, STEP_PARTITION);
	return wire_length(cursor, flexible(step->wire), 4, STEP_DETAILS);
}

static bool details(struct wire_step *step, struct wire_cursor *cursor)
{
	return wire_count_is(cursor, flexible(step->wire), &step->wire->details) &&
	       wire_go(cursor, STEP_DETAIL);
}

static bool detail(struct wire_step *step, struct wire_cursor *cursor)
{
	struct wire *wire = step->wire;
	if (wire->details == 0)
		return wire_length(cursor, flexible(wire), 2, STEP_MESSAGE);
	wire->details--;
	return wire_skip(cursor, 4, STEP_DETAIL_INDEX);
}

static bool detail_index(struct wire_step *step, struct wire_cursor *cursor)
{
	return wire_length(cursor, flexible(step->wire), 2, STEP_DETAIL_TEXT);
}

static bool detail_text(struct wire_step *step, struct wire_cursor *cursor)
{
	return wire_skip_text(cursor, flexible(step->wire), STEP_DETAIL_PASSED);
}

static bool detail_passed(struct wire_step *step, struct wire_cursor *cursor)
{
	return wire_tags(cursor, flexible(step->wire), STEP_DETAIL);
}

static bool message(struct wire_step *step, struct wire_cursor *cursor)
{
	return wire_skip_text(cursor, flexible(step->wire), STEP_PARTITION_END);
}

static bool partition_end(struct wire_step *step, struct wire_cursor *cursor)
{
	return wire_tags(cursor, flexible(step->wire), STEP_PARTITION);
}

static bool throttle(struct wire_step *step, struct wire_cursor *cursor)
{
	return wire_tags(cursor, flexible(step->wire), STEP_PRODUCE_END);
}

static void count_latency(struct trace_socket *row, int64_t took_ns)
{
	uint64_t took_us = took_ns > 0 ? (uint64_t)took_ns / 1000 : 0;
	uint32_t *bucket = &row->latency[trace_bucket(took_us)];
	WIRE_STORE(*bucket, *bucket + 1);
	if (took_us > row->latency_max_us)
		WIRE_STORE(row->latency_max_us, took_us);
}

static void produce_answered(struct wire_step *step)
{
	struct wire *wire = step->wire;
	struct trace_socket *row = step->row;
	const struct wire_request *entry = request(wire);
	struct wire_fact fact = {
		.kind = WIRE_PRODUCE_ANSWERED,
		.records = entry->uncounted ? TRACE_UNKNOWN : entry->records,
		.bytes = entry->bytes,
		.error = wire->error,
		.took_ns = step->now_ns - entry->written_ns,
	};
	WIRE_ADD(row->produce_answered, 1);
	WIRE_ADD(row->produce_answered_records, (uint64_t)entry->records);
	if (wire->error) {
		WIRE_ADD(row->produce_refused, 1);
		WIRE_STORE(row->produce_error, wire->error);
	}
	count_latency(row, fact.took_ns);
	if (wire->seen)
		wire->seen(wire->context, &fact);
}

/* Places behind the answer count from the other end of the lap. */
static bool is_overtaken(uint8_t place, uint8_t match)
{
	uint8_t ahead = wire_places(place, match);
	return ahead > OUT_OF_ORDER && ahead < WIRE_WINDOW;
}

/*
 * Gives up the places at the old end that are answered, and those that never
 * will be: brokers answer in order, so whatever is far behind this answer
 * would only block the window.
 */
static void forget(struct wire *wire)
{
	uint8_t oldest = wire->oldest;
	uint8_t newest = __atomic_load_n(&wire->newest, __ATOMIC_ACQUIRE);
	wire->window[wire->match % WIRE_WINDOW].answered = 1;
	while (oldest != newest && (wire->window[oldest % WIRE_WINDOW].answered ||
				    is_overtaken(oldest, wire->match)))
		oldest = wire_place_after(oldest);
	__atomic_store_n(&wire->oldest, oldest, __ATOMIC_SEQ_CST);
}

/* The last request that nobody answers is no more behind one (window.h). */
static void catch_up(struct wire_step *step)
{
	uint32_t flags = __atomic_load_n(&step->row->flags, __ATOMIC_SEQ_CST);

	if (!(flags & SOCKET_BEHIND) || wire_is_behind(step->wire))
		return;
	wire_unflag(step->row, SOCKET_BEHIND);
	if (wire_is_behind(step->wire))
		wire_flag(step->row, SOCKET_BEHIND);
}

static bool answered(struct wire_step *step, struct wire_cursor *cursor)
{
	struct wire *wire = step->wire;
	WIRE_ADD(step->row->responses, 1);
	if (!wire->matched) {
		WIRE_ADD(step->row->uncounted_answers, 1);
		return frame(step, cursor);
	}
	if (request(wire)->api == KAFKA_API_PRODUCE)
		produce_answered(step);
	forget(wire);
	catch_up(step);
	return frame(step, cursor);
}

static bool produce_end(struct wire_step *step, struct wire_cursor *cursor)
{
	return cursor->left == 0 && answered(step, cursor);
}

static wire_step_function *const steps[] = {
	[STEP_FRAME] = frame,
	[STEP_LENGTH] = length,
	[STEP_CORRELATION] = correlation,
	[STEP_BODY] = body,
	[STEP_TOPICS] = topics,
	[STEP_TOPICS_END] = topics_end,
	[STEP_PARTITION_BEGIN] = partition,
	[STEP_PARTITION_ERROR] = partition_error,
	[STEP_OFFSETS_PASSED] = offsets_passed,
	[STEP_DETAILS] = details,
	[STEP_DETAIL] = detail,
	[STEP_DETAIL_INDEX] = detail_index,
	[STEP_DETAIL_TEXT] = detail_text,
	[STEP_DETAIL_PASSED] = detail_passed,
	[STEP_MESSAGE] = message,
	[STEP_PARTITION_END] = partition_end,
	[STEP_THROTTLE] = throttle,
	[STEP_PRODUCE_END] = produce_end,
	[STEP_REST_PASSED] = answered,
	[STEP_TOKEN_PASSED] = frame,
};

bool wire_response_step(struct wire_step *step)
{
	struct wire_cursor *cursor = &step->wire->received;
	if (wire_is_tags_step(cursor->step))
		return wire_tags_step(cursor);
	if (wire_is_topics_step(cursor->step)) {
		const struct wire_topics as = {.version = request(step->wire)->version,
					       .partition = STEP_PARTITION_BEGIN,
					       .end = STEP_TOPICS_END};

		return wire_topics_step(cursor, &as);
	}
	return steps[cursor->step](step, cursor);
}
