/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request.c - the requests that the host sends.
 *
 * Kafka protocol, RequestHeader v1-v2 and ProduceRequest v0-v13 (topics.h);
 * v3 adds the transactional id. Requests of other APIs are counted and
 * skipped. A Produce of a newer version is skipped too, its records
 * uncounted.
 *
 * To follow another field: add a step that asks for it here, and a frame
 * that holds it to tests/unit/wire/test_wire.c.
 */
#include "wire/request.h"

#include "format/kafka_api.h"
#include "wire/cursor.h"
#include "wire/records.h"
#include "wire/topics.h"
#include "wire/window.h"

enum request_step {
	STEP_LENGTH = STEP_OWN,
	STEP_HEADER,
	STEP_CLIENT_LENGTH,
	STEP_CLIENT,
	STEP_PRODUCE,
	STEP_TRANSACTION,
	STEP_TRANSACTION_PASSED,
	STEP_ACKS,
	STEP_TOPICS,
	STEP_TOPICS_END,
	STEP_PARTITION_BEGIN,
	STEP_PARTITION_INDEX,
	STEP_SET_LENGTH,
	STEP_SET_END,
	STEP_PRODUCE_END,
	STEP_REST_PASSED,
	STEP_TOKEN_PASSED,
	STEP_COUNT,
};
_Static_assert(STEP_COUNT <= STEP_BATCH, "the steps of record sets begin there");

/*
 * The newest published version of each API, by its key: the first frame of a
 * connection must be one of these, or the connection is not Kafka's.
 */
static const uint8_t newest_version[] = {
	13, 18, 11, 13, 7, 4, 8, 3, 10, 10, 6, 9, 4, 5, 5, 6, 5, 1, 4, 7, 6, 2, 6, 4,
	5,  4,	5,  2,	5, 3, 3, 3, 4,	2,  2, 5, 2, 3, 3, 2, 2, 3, 2, 2, 1, 1, 0, 0,
	1,  1,	0,  0,	2, 1, 1, 2, 3,	2,  0, 1, 2, 0, 4, 2, 0, 0, 2, 0, 1, 1, 1, 0,
	0,  0,	1,  0,	1, 1, 2, 2, 1,	1,  1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
};
#define APIS (sizeof(newest_version) / sizeof(newest_version[0]))
#define VERSIONS_TO_COME 3 /* versions that a newer client may add */
#define VERSION_LIMIT 255
#define HEADER_LEAST 8		      /* api, version, correlation id */
#define FIRST_FRAME_LEAST 10	      /* and the length of a client id */
#define FIRST_FRAME_MOST (256u << 20) /* text, read as a length, is more */
#define TOPICS_MOST 65536	      /* on trial */
#define TLS_HANDSHAKE 0x1603

static bool flexible(const struct wire *wire)
{
	return wire->version >= WIRE_PRODUCE_FLEXIBLE;
}

static bool frame(struct wire_step *step, struct wire_cursor *cursor)
{
	struct wire *wire = step->wire;
	wire->api = -1;
	wire->records = 0;
	wire->uncounted = 0;
	wire->acks_known = 0;
	return wire_frame(cursor, STEP_LENGTH);
}

static bool length(struct wire_step *step, struct wire_cursor *cursor)
{
	uint32_t bytes = (uint32_t)cursor->value;
	if (wire_undecided(step->wire)) {
		if (bytes >> 16 == TLS_HANDSHAKE) {
			wire_is_tls(step);
			return false;
		}
		if (bytes < FIRST_FRAME_LEAST || bytes > FIRST_FRAME_MOST)
			return false;
	}
	if (bytes > INT32_MAX)
		return false;
	wire_frame_opens(cursor);
	return wire_number(cursor, HEADER_LEAST, STEP_HEADER);
}

bool wire_begins_request(const uint8_t first[WIRE_FIRST_BYTES])
{
	uint32_t bytes = (uint32_t)first[0] << 24 | (uint32_t)first[1] << 16 |
			 (uint32_t)first[2] << 8 | first[3];
	uint16_t api = (uint16_t)(first[4] << 8 | first[5]);
	uint16_t version = (uint16_t)(first[6] << 8 | first[7]);

	return bytes >= FIRST_FRAME_LEAST && bytes <= FIRST_FRAME_MOST && api < APIS &&
	       version <= newest_version[api] + VERSIONS_TO_COME;
}

static bool header_is_plausible(const struct wire *wire, int16_t api, int16_t version)
{
	if (api < 0 || version < 0 || version > VERSION_LIMIT)
		return false;
	return !wire_on_trial(wire) ||
	       ((size_t)api < APIS && version <= newest_version[api] + VERSIONS_TO_COME);
}

static bool header(struct wire_step *step, struct wire_cursor *cursor)
{
	struct wire *wire = step->wire;
	int16_t api = (int16_t)(cursor->value >> 48);
	int16_t version = (int16_t)(cursor->value >> 32);
	if (!header_is_plausible(wire, api, version))
		return false;
	wire->api = api;
	wire->version = version;
	wire->correlation = (int32_t)cursor->value;
	if (api != KAFKA_API_PRODUCE && !wire_on_trial(wire))
		return wire_skip_rest(cursor, STEP_REST_PASSED);
	return wire_number(cursor, 2, STEP_CLIENT_LENGTH);
}

/* The length of the client id has two bytes in every version, so that any broker can read it.
 */
static bool client_length(struct wire_step *step, struct wire_cursor *cursor)
{
	struct wire *wire = step->wire;
	int64_t bytes;
	if (!wire_length_is(cursor, false, 2, &bytes))
		return false;
	if (!wire_on_trial(wire))
		return wire_skip_text(cursor, false, STEP_CLIENT);
	if (wire_undecided(wire))
		wire->client_id_known = bytes >= 0;
	return wire_ask(cursor, FIELD_CLIENT_ID, bytes < 0 ? 0 : (uint32_t)bytes, STEP_CLIENT);
}

/* With the time before the write, which may have waited for room until the kernel took that
 * byte. */
static void tell_begun(struct wire_step *step)
{
	struct wire *wire = step->wire;

	wire->began_ns = wire->offered_ns ? wire->offered_ns : step->now_ns;
	const struct wire_fact fact = {.kind = WIRE_PRODUCE_BEGUN,
				       .now_ns = step->now_ns,
				       .began_ns = wire->began_ns,
				       .correlation = wire->correlation};

	if (wire->seen)
		wire->seen(wire->context, &fact);
}

static bool client(struct wire_step *step, struct wire_cursor *cursor)
{
	struct wire *wire = step->wire;
	if (wire->api != KAFKA_API_PRODUCE)
		return wire_recognised(step) && wire_skip_rest(cursor, STEP_REST_PASSED);
	tell_begun(step);
	if (wire->version > WIRE_PRODUCE_NEWEST) {
		wire->uncounted = 1;
		return wire_recognised(step) && wire_skip_rest(cursor, STEP_REST_PASSED);
	}
	return wire_tags(cursor, flexible(wire), STEP_PRODUCE);
}

static bool produce(struct wire_step *step, struct wire_cursor *cursor)
{
	const struct wire *wire = step->wire;

	if (wire->version < 3)
		return wire_go(cursor, STEP_TRANSACTION_PASSED);
	return wire_length(cursor, flexible(wire), 2, STEP_TRANSACTION);
}

static bool transaction(struct wire_step *step, struct wire_cursor *cursor)
{
	return wire_skip_text(cursor, flexible(step->wire), STEP_TRANSACTION_PASSED);
}

static bool transaction_passed(struct wire_step *step, struct wire_cursor *cursor)
{
	(void)step;
	return wire_number(cursor, 2 + 4, STEP_ACKS); /* with the timeout */
}

static bool acks(struct wire_step *step, struct wire_cursor *cursor)
{
	struct wire *wire = step->wire;
	wire->acks = (int16_t)(cursor->value >> 32);
	wire->acks_known = 1;
	if (wire_on_trial(wire) && (wire->acks < -1 || wire->acks > 1))
		return false;
	return wire_length(cursor, flexible(wire), 4, STEP_TOPICS);
}

/* A first frame that is valid up to here is a Kafka request. */
static bool topics(struct wire_step *step, struct wire_cursor *cursor)
{
	struct wire *wire = step->wire;
	if (!wire_count_is(cursor, flexible(wire), &cursor->topics))
		return false;
	if (wire_on_trial(wire)) {
		if (cursor->topics == 0 || cursor->topics > TOPICS_MOST)
			return false;
		if (!wire_recognised(step))
			return false;
	}
	return wire_go(cursor, STEP_TOPIC);
}

static bool topics_end(struct wire_step *step, struct wire_cursor *cursor)
{
	return wire_tags(cursor, flexible(step->wire), STEP_PRODUCE_END);
}

static bool partition(struct wire_step *step, struct wire_cursor *cursor)
{
	(void)step;
	return wire_skip(cursor, 4, STEP_PARTITION_INDEX);
}

static bool partition_index(struct wire_step *step, struct wire_cursor *cursor)
{
	return wire_length(cursor, flexible(step->wire), 4, STEP_SET_LENGTH);
}

static bool set_length(struct wire_step *step, struct wire_cursor *cursor)
{
	int64_t bytes;
	if (!wire_length_is(cursor, flexible(step->wire), 4, &bytes))
		return false;
	return wire_batches(step, bytes < 0 ? 0 : (uint32_t)bytes, STEP_SET_END);
}

static bool set_end(struct wire_step *step, struct wire_cursor *cursor)
{
	return wire_tags(cursor, flexible(step->wire), STEP_PARTITION);
}

/* Only known for Produce requests. */
static uint32_t writing_us(const struct wire_step *step)
{
	int64_t took_us = (step->now_ns - step->wire->began_ns) / 1000;

	return took_us > 0 && took_us < UINT32_MAX ? (uint32_t)took_us : 0;
}

/* Adds the request to the window; if that is full, its answer will be `uncounted`. */
static void remember(struct wire_step *step)
{
	struct wire *wire = step->wire;
	uint8_t oldest = __atomic_load_n(&wire->oldest, __ATOMIC_ACQUIRE);
	if (wire->newest == (oldest + WIRE_WINDOW) % WIRE_LAP)
		return;
	wire->window[wire->newest % WIRE_WINDOW] = (struct wire_request){
		.written_ns = step->now_ns,
		.correlation = wire->correlation,
		.records = wire->records,
		.uncounted = wire->uncounted != 0,
		.writing_us = writing_us(step),
		.api = wire->api,
		.version = (uint8_t)wire->version,
	};
	__atomic_store_n(&wire->newest, wire_place_after(wire->newest), __ATOMIC_RELEASE);
}

/* Rare: a client that produces sends few other requests. */
static void note_behind(struct wire_step *step)
{
	struct wire *wire = step->wire;

	if (__atomic_load_n(&wire->oldest, __ATOMIC_RELAXED) == wire->newest)
		return;
	__atomic_store_n(&wire->behind, wire->newest, __ATOMIC_SEQ_CST);
	wire_flag(step->row, SOCKET_BEHIND);
	if (!wire_is_behind(wire))
		wire_unflag(step->row, SOCKET_BEHIND);
}

static void count_produce(struct wire_step *step)
{
	struct wire *wire = step->wire;
	struct trace_socket *row = step->row;
	WIRE_ADD(row->produce_requests, 1);
	WIRE_ADD(row->produce_records, (uint64_t)wire->records);
	WIRE_ADD(row->produce_bytes, wire->sent.frame);
	if (wire->uncounted)
		WIRE_ADD(row->produce_uncounted, 1);
	WIRE_STORE(row->produce_acks, wire->acks_known ? wire->acks : TRACE_UNKNOWN);
	WIRE_STORE(row->produce_last_ns, step->now_ns);
	if (wire->acks_known && wire->acks == 0) {
		WIRE_ADD(row->produce_unanswerable, 1);
		WIRE_ADD(row->produce_unanswerable_records, (uint64_t)wire->records);
		note_behind(step);
	}
}

static void tell_produce(struct wire_step *step)
{
	struct wire *wire = step->wire;
	struct wire_fact fact = {
		.kind = WIRE_PRODUCE_WRITTEN,
		.records = wire->uncounted ? TRACE_UNKNOWN : wire->records,
		.bytes = wire->sent.frame,
		.now_ns = step->now_ns,
		.began_ns = wire->began_ns,
		.correlation = wire->correlation,
		.unanswerable = wire->acks_known && wire->acks == 0,
	};
	if (wire->seen)
		wire->seen(wire->context, &fact);
}

/*
 * The kernel has taken the last byte. The request is counted before it is added
 * to the window, where the receiver sees it, so that the number of answered
 * requests never exceeds that of written ones.
 */
static bool written(struct wire_step *step, struct wire_cursor *cursor)
{
	struct wire *wire = step->wire;
	WIRE_ADD(step->row->requests, 1);
	if (wire->api == KAFKA_API_PRODUCE)
		count_produce(step);
	if (wire->api == KAFKA_API_SASL_HANDSHAKE && wire->version == 0)
		wire->tokens = 1;
	if (!(wire->api == KAFKA_API_PRODUCE && wire->acks_known && wire->acks == 0))
		remember(step);
	if (wire->api == KAFKA_API_PRODUCE)
		tell_produce(step);
	return frame(step, cursor);
}

/* No byte may follow the last field. */
static bool produce_end(struct wire_step *step, struct wire_cursor *cursor)
{
	return cursor->left == 0 && written(step, cursor);
}

bool wire_token(struct wire_step *step)
{
	struct wire *wire = step->wire;
	if (wire->sent.frame == 0)
		return false;
	wire->api = -1;
	return wire_skip_rest(&wire->sent, STEP_TOKEN_PASSED);
}

static wire_step_function *const steps[] = {
	[STEP_FRAME] = frame,
	[STEP_LENGTH] = length,
	[STEP_HEADER] = header,
	[STEP_CLIENT_LENGTH] = client_length,
	[STEP_CLIENT] = client,
	[STEP_PRODUCE] = produce,
	[STEP_TRANSACTION] = transaction,
	[STEP_TRANSACTION_PASSED] = transaction_passed,
	[STEP_ACKS] = acks,
	[STEP_TOPICS] = topics,
	[STEP_TOPICS_END] = topics_end,
	[STEP_PARTITION_BEGIN] = partition,
	[STEP_PARTITION_INDEX] = partition_index,
	[STEP_SET_LENGTH] = set_length,
	[STEP_SET_END] = set_end,
	[STEP_PRODUCE_END] = produce_end,
	[STEP_REST_PASSED] = written,
	[STEP_TOKEN_PASSED] = frame,
};

bool wire_request_step(struct wire_step *step)
{
	struct wire_cursor *cursor = &step->wire->sent;
	if (cursor->step >= STEP_BATCH)
		return wire_batch_step(step);
	if (wire_is_tags_step(cursor->step))
		return wire_tags_step(cursor);
	if (wire_is_topics_step(cursor->step)) {
		const struct wire_topics as = {.version = step->wire->version,
					       .partition = STEP_PARTITION_BEGIN,
					       .end = STEP_TOPICS_END};

		return wire_topics_step(cursor, &as);
	}
	return steps[cursor->step](step, cursor);
}
