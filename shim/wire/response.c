/* SPDX-License-Identifier: Apache-2.0 */
/*
 * response.c - the answers that the host has read.
 *
 * Kafka protocol, ResponseHeader v0-v1 and ProduceResponse v0-v13 (topics.h). An answer
 * is matched by its correlation id with the requests in the window. In answers to
 * other APIs the error code is read if it has a known place (and by metadata.c);
 * the rest is counted and skipped. Answers to requests that are not in the window
 * (it was full; or acks=0, which some brokers answer all the same) are counted
 * separately.
 */
#include "wire/response.h"

#include "format/kafka_api.h"
#include "wire/cursor.h"
#include "wire/metadata.h"
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
	STEP_CODE_BEFORE,
	STEP_CODE_AT,
	STEP_CODE,
	STEP_COUNT,
};
_Static_assert(STEP_COUNT <= STEP_METADATA, "the steps of Metadata begin there");

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
	step->wire->lenient = 0;
	step->wire->error = 0;
	return wire_frame(cursor, STEP_LENGTH);
}

/* A SASL token may be empty; an answer has at least its correlation id. */
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

/* Brokers answer in order: mostly the first entry is the right one. */
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

/* Answers that have an error code near their begin: behind this many bytes and, in flexible
 * versions, behind tagged fields. */
static const struct coded {
	int16_t api;
	uint8_t flexible;  /* from this version on */
	uint8_t throttled; /* from this version on the time to wait stands before it */
	uint8_t newest;	   /* whose answer has this shape */
} coded[] = {
	{KAFKA_API_FIND_COORDINATOR, 3, 1, 3},
	{KAFKA_API_SASL_HANDSHAKE, UINT8_MAX, UINT8_MAX, 1},
	{KAFKA_API_INIT_PRODUCER_ID, 2, 0, 5},
	{KAFKA_API_END_TRANSACTION, 3, 0, 4},
	{KAFKA_API_SASL_AUTHENTICATE, 2, UINT8_MAX, 2},
};

static const struct coded *coded_as(const struct wire_request *asked)
{
	for (size_t i = 0; i < sizeof coded / sizeof *coded; i++)
		if (coded[i].api == asked->api && asked->version <= coded[i].newest)
			return &coded[i];
	return NULL;
}

/* Chooses how the answer is read, by its API and version. */
static bool open_answer(struct wire_step *step, struct wire_cursor *cursor)
{
	const struct wire_request *asked = request(step->wire);
	const struct coded *shape = coded_as(asked);

	if (asked->api == KAFKA_API_PRODUCE && asked->version <= WIRE_PRODUCE_NEWEST)
		return wire_tags(cursor, flexible(step->wire), STEP_BODY);
	step->wire->lenient = 1;
	if (asked->api == KAFKA_API_METADATA && asked->version <= WIRE_METADATA_NEWEST)
		return wire_metadata_begins(step, cursor, asked->version);
	if (shape)
		return wire_tags(cursor, asked->version >= shape->flexible, STEP_CODE_BEFORE);
	return wire_skip_rest(cursor, STEP_REST_PASSED);
}

static bool code_before(struct wire_step *step, struct wire_cursor *cursor)
{
	const struct wire_request *asked = request(step->wire);

	return wire_skip(cursor, asked->version >= coded_as(asked)->throttled ? 4 : 0,
			 STEP_CODE_AT);
}

static bool code_at(struct wire_step *step, struct wire_cursor *cursor)
{
	(void)step;
	return wire_number(cursor, 2, STEP_CODE);
}

static bool code(struct wire_step *step, struct wire_cursor *cursor)
{
	wire_error_answered(step, request(step->wire)->api, (int16_t)cursor->value);
	return wire_skip_rest(cursor, STEP_REST_PASSED);
}

static bool correlation(struct wire_step *step, struct wire_cursor *cursor)
{
	struct wire *wire = step->wire;
	wire->matched = find(wire, (int32_t)cursor->value);
	if (!wire->matched) {
		uint8_t next = wire->tokens_back ? STEP_TOKEN_PASSED : STEP_REST_PASSED;
		return wire_skip_rest(cursor, next);
	}
	/* An answer to another API ends the sequence of tokens. */
	wire->tokens_back =
		request(wire)->api == KAFKA_API_SASL_HANDSHAKE && request(wire)->version == 0;
	return open_answer(step, cursor);
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

/* Offset; v2 adds the append time, v5 the log's start, v8 record errors. */
static bool partition_error(struct wire_step *step, struct wire_cursor *cursor)
{
	struct wire *wire = step->wire;
	uint8_t version = request(wire)->version;
	wire_error_answered(step, KAFKA_API_PRODUCE, (int16_t)cursor->value);
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
		.began_ns = entry->written_ns - (int64_t)entry->writing_us * 1000,
		.correlation = entry->correlation,
		.error = wire->error,
		.took_ns = step->now_ns - entry->written_ns,
		.now_ns = step->now_ns,
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

/* Whether `place` is so far behind the answer's that it will not be answered any more; places
 * are modulo two window lengths. */
static bool is_overtaken(uint8_t place, uint8_t match)
{
	uint8_t ahead = wire_places(place, match);
	return ahead > OUT_OF_ORDER && ahead < WIRE_WINDOW;
}

/*
 * Removes the oldest requests that are answered, and those that will not be:
 * brokers answer in order, so requests that are far behind this answer would
 * only block the window.
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

/* Clears SOCKET_BEHIND if no request before the last acks=0 Produce is unanswered (window.h).
 */
static void catch_up(struct wire_step *step)
{
	uint32_t flags = __atomic_load_n(&step->row->flags, __ATOMIC_SEQ_CST);

	if (!(flags & SOCKET_BEHIND) || wire_is_behind(step->wire))
		return;
	wire_unflag(step->row, SOCKET_BEHIND);
	if (wire_is_behind(step->wire))
		wire_flag(step->row, SOCKET_BEHIND);
}

/* Brokers answer ApiVersions and authentication to clients that are not let in, too. */
static void let_in(struct wire_step *step, int16_t api)
{
	struct wire *wire = step->wire;
	struct wire_fact fact = {.kind = WIRE_LET_IN, .api = api};

	if (api == KAFKA_API_VERSIONS || api == KAFKA_API_SASL_HANDSHAKE ||
	    api == KAFKA_API_SASL_AUTHENTICATE)
		return;
	wire->let_in = 1;
	if (wire->seen)
		wire->seen(wire->context, &fact);
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
	if (!wire->let_in)
		let_in(step, request(wire)->api);
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
	[STEP_CODE_BEFORE] = code_before,
	[STEP_CODE_AT] = code_at,
	[STEP_CODE] = code,
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
	if (cursor->step >= STEP_METADATA)
		return wire_metadata_step(step, cursor, STEP_REST_PASSED);
	return steps[cursor->step](step, cursor);
}

bool wire_response_survives(struct wire_step *step)
{
	return step->wire->lenient && wire_skip_rest(&step->wire->received, STEP_REST_PASSED);
}
