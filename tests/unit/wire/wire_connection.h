/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire_connection.h - gives the decoder a stream in every way in which it can
 * be split.
 *
 * As a whole, split in two at every byte, and in pieces of one byte to seven:
 * all must leave the same row and the same facts. The memory always ends where
 * the bytes end, so that ASan detects a read beyond them.
 */
#ifndef UNFLUSHED_TEST_WIRE_CONNECTION_H
#define UNFLUSHED_TEST_WIRE_CONNECTION_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "testing.h"
#include "wire/wire.h"
#include "wire/wire_frames.h"

#define OFFERED_AT 993000 /* the write waited for room */
#define SENT_AT 1000000
#define RECEIVED_AT 5000000

struct connection {
	struct wire wire;
	struct trace_socket row;
	int begun, written, answered, recognised, let_in;
	int errors;				     /* answered, of any API */
	int16_t error_api, error_code, error_before; /* of the last, and the one before */
	int32_t records, error;
	int64_t took_ns;
	char client_id[WIRE_CLIENT_ID + 1];
	uint32_t client_id_whole, client_id_hash;
};

static inline void take_fact(void *context, const struct wire_fact *fact)
{
	struct connection *connection = context;
	switch (fact->kind) {
	case WIRE_RECOGNISED:
		connection->recognised++;
		assert_true(fact->client_id_bytes <= WIRE_CLIENT_ID);
		connection->client_id_whole = fact->client_id_whole;
		connection->client_id_hash = fact->client_id_hash;
		if (fact->client_id)
			memcpy(connection->client_id, fact->client_id, fact->client_id_bytes);
		break;
	case WIRE_PRODUCE_BEGUN:
		connection->begun++;
		assert_int_equal(fact->now_ns, SENT_AT);
		assert_int_equal(fact->began_ns, OFFERED_AT);
		break;
	case WIRE_PRODUCE_WRITTEN:
		assert_int_equal(fact->now_ns, SENT_AT);
		assert_int_equal(fact->began_ns, OFFERED_AT);
		connection->written++;
		connection->records = fact->records;
		break;
	case WIRE_PRODUCE_ANSWERED:
		connection->answered++;
		assert_int_equal(fact->began_ns, OFFERED_AT);
		assert_int_equal(fact->now_ns, RECEIVED_AT);
		connection->error = fact->error;
		connection->took_ns = fact->took_ns;
		break;
	case WIRE_ERROR_ANSWERED:
		connection->errors++;
		connection->error_before = connection->error_code;
		connection->error_api = fact->api;
		connection->error_code = (int16_t)fact->error;
		break;
	case WIRE_LET_IN:
		connection->let_in++;
		break;
	}
}

static inline void begin(struct connection *connection)
{
	memset(connection, 0, sizeof(*connection));
	wire_start(&connection->wire);
	connection->wire.seen = take_fact;
	connection->wire.context = connection;
	connection->wire.offered_ns = OFFERED_AT;
}

static inline void give(struct connection *connection, bool sent, const unsigned char *at,
			size_t count)
{
	unsigned char *copy = malloc(count ? count : 1);
	memcpy(copy, at, count);
	if (sent)
		wire_sent(&connection->wire, &connection->row, copy, count, SENT_AT);
	else
		wire_received(&connection->wire, &connection->row, copy, count, RECEIVED_AT);
	free(copy);
}

static inline void send_all(struct connection *connection, const struct bytes *bytes)
{
	give(connection, true, bytes->at, bytes->count);
}

static inline void receive_all(struct connection *connection, const struct bytes *bytes)
{
	give(connection, false, bytes->at, bytes->count);
}

static inline void give_pieces(struct connection *connection, bool sent,
			       const struct bytes *bytes, size_t piece)
{
	for (size_t at = 0; at < bytes->count; at += piece)
		give(connection, sent, bytes->at + at,
		     bytes->count - at < piece ? bytes->count - at : piece);
}

static inline void assert_same(const struct connection *whole, const struct connection *cut)
{
	assert_memory_equal(&whole->row, &cut->row, sizeof(whole->row));
	assert_int_equal(whole->begun, cut->begun);
	assert_int_equal(whole->written, cut->written);
	assert_int_equal(whole->answered, cut->answered);
	assert_int_equal(whole->recognised, cut->recognised);
	assert_int_equal(whole->records, cut->records);
	assert_int_equal(whole->error, cut->error);
	assert_string_equal(whole->client_id, cut->client_id);
}

/* The story in one piece into `whole`; in all other pieces the same. */
static inline void tell(struct connection *whole, const struct bytes *sent,
			const struct bytes *received)
{
	static struct connection cut;
	begin(whole);
	send_all(whole, sent);
	receive_all(whole, received);
	for (size_t piece = 1; piece <= 7; piece++) {
		begin(&cut);
		give_pieces(&cut, true, sent, piece);
		give_pieces(&cut, false, received, piece);
		assert_same(whole, &cut);
	}
	for (size_t at = 1; at < sent->count; at++) {
		begin(&cut);
		give(&cut, true, sent->at, at);
		give(&cut, true, sent->at + at, sent->count - at);
		receive_all(&cut, received);
		assert_same(whole, &cut);
	}
	for (size_t at = 1; at < received->count; at++) {
		begin(&cut);
		send_all(&cut, sent);
		give(&cut, false, received->at, at);
		give(&cut, false, received->at + at, received->count - at);
		assert_same(whole, &cut);
	}
}

/* What the current test is about. */
static struct connection told;
static struct bytes sent, received, set;

static inline int fresh(void **state)
{
	(void)state;
	sent.count = received.count = set.count = 0;
	return 0;
}

static inline bool is_lost(const struct connection *connection)
{
	return connection->row.flags & SOCKET_WIRE_LOST;
}

static inline void hello(int32_t correlation)
{
	put_request(&sent, 18, 3, correlation, "hello", 20);
	put_response(&received, correlation, 40);
}

static inline void assert_between_frames(const struct connection *connection)
{
	assert_int_equal(connection->row.frame_at, 0);
	assert_int_equal(connection->row.frame_bytes, 0);
	assert_int_equal(connection->row.frame_records, 0);
	assert_int_equal(connection->row.frame_api, TRACE_UNKNOWN);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)

#endif
