/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_wire.c - the Kafka decoder against frames made by hand.
 *
 * links: cmocka threads
 *
 * Every story is told in three ways that must leave the same row and the
 * same facts: whole, cut in two at every byte, and byte by byte; always from
 * memory that ends where the bytes end, so that ASan sees a read beyond.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <pthread.h>

#include "wire.h"
#include "wire_frames.h"

struct connection {
	struct wire wire;
	struct trace_socket row;
	int written, answered, recognised;
	int32_t records, error;
	int64_t took_ns;
	char client_id[WIRE_CLIENT_ID + 1];
};

static void take_fact(void *context, const struct wire_fact *fact)
{
	struct connection *connection = context;
	switch (fact->kind) {
	case WIRE_RECOGNISED:
		connection->recognised++;
		assert_true(fact->client_id_bytes <= WIRE_CLIENT_ID);
		if (fact->client_id)
			memcpy(connection->client_id, fact->client_id, fact->client_id_bytes);
		break;
	case WIRE_PRODUCE_WRITTEN:
		connection->written++;
		connection->records = fact->records;
		break;
	case WIRE_PRODUCE_ANSWERED:
		connection->answered++;
		connection->error = fact->error;
		connection->took_ns = fact->took_ns;
		break;
	}
}

static void begin(struct connection *connection)
{
	memset(connection, 0, sizeof(*connection));
	wire_start(&connection->wire);
	connection->wire.seen = take_fact;
	connection->wire.context = connection;
}

#define SENT_AT 1000000
#define RECEIVED_AT 5000000

static void give(struct connection *connection, bool sent, const unsigned char *at,
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

static void send_all(struct connection *connection, const struct bytes *bytes)
{
	give(connection, true, bytes->at, bytes->count);
}

static void receive_all(struct connection *connection, const struct bytes *bytes)
{
	give(connection, false, bytes->at, bytes->count);
}

static void give_pieces(struct connection *connection, bool sent, const struct bytes *bytes,
			size_t piece)
{
	for (size_t at = 0; at < bytes->count; at += piece)
		give(connection, sent, bytes->at + at,
		     bytes->count - at < piece ? bytes->count - at : piece);
}

static void assert_same(const struct connection *whole, const struct connection *cut)
{
	assert_memory_equal(&whole->row, &cut->row, sizeof(whole->row));
	assert_int_equal(whole->written, cut->written);
	assert_int_equal(whole->answered, cut->answered);
	assert_int_equal(whole->recognised, cut->recognised);
	assert_int_equal(whole->records, cut->records);
	assert_int_equal(whole->error, cut->error);
	assert_string_equal(whole->client_id, cut->client_id);
}

/* The story in one piece into `whole`; in all other pieces the same. */
static void tell(struct connection *whole, const struct bytes *sent,
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

static struct connection told;
static struct bytes sent, received, set;

static int fresh(void **state)
{
	(void)state;
	sent.count = received.count = set.count = 0;
	return 0;
}

static bool is_lost(const struct connection *connection)
{
	return connection->row.flags & SOCKET_WIRE_LOST;
}

static void hello(int32_t correlation)
{
	put_request(&sent, 18, 3, correlation, "hello", 20);
	put_response(&received, correlation, 40);
}

static void assert_between_frames(const struct connection *connection)
{
	assert_int_equal(connection->row.frame_at, 0);
	assert_int_equal(connection->row.frame_bytes, 0);
	assert_int_equal(connection->row.frame_records, 0);
	assert_int_equal(connection->row.frame_api, TRACE_UNKNOWN);
}

/* --- Produce of every version -------------------------------------------- */

static void tell_version(int version, int tags)
{
	fresh(NULL);
	hello(1);
	put_batch(&set, 5, 70);
	put_batch(&set, 7, 0);
	size_t before = sent.count;
	put_produce(&sent, &(struct produce){.version = version,
					     .correlation = 2,
					     .client = "c",
					     .acks = -1,
					     .transaction = tags ? "t" : NULL,
					     .topics = 2,
					     .partitions = 2,
					     .tags = tags,
					     .set = &set});
	size_t bytes = sent.count - before;
	put_answer(&received, &(struct answer){.version = version,
					       .correlation = 2,
					       .topics = 2,
					       .partitions = 2,
					       .tags = tags,
					       .details = tags});
	tell(&told, &sent, &received);
	assert_int_equal(told.row.flags, SOCKET_KAFKA);
	assert_int_equal(told.row.requests, 2);
	assert_int_equal(told.row.responses, 2);
	assert_int_equal(told.row.produce_requests, 1);
	assert_int_equal(told.row.produce_records, 48);
	assert_int_equal(told.row.produce_bytes, bytes);
	assert_int_equal(told.row.produce_acks, -1);
	assert_int_equal(told.row.produce_answered, 1);
	assert_int_equal(told.row.produce_answered_records, 48);
	assert_int_equal(told.row.produce_refused, 0);
	assert_int_equal(told.row.produce_uncounted, 0);
	assert_int_equal(told.row.uncounted_answers, 0);
	assert_int_equal(told.row.produce_last_ns, SENT_AT);
	assert_int_equal(told.row.latency_max_us, (RECEIVED_AT - SENT_AT) / 1000);
	assert_int_equal(told.row.latency[trace_bucket((RECEIVED_AT - SENT_AT) / 1000)], 1);
	assert_int_equal(told.took_ns, RECEIVED_AT - SENT_AT);
	assert_int_equal(told.written, 1);
	assert_int_equal(told.answered, 1);
	assert_int_equal(told.recognised, 1);
	assert_string_equal(told.client_id, "hello");
	assert_between_frames(&told);
}

static void every_version_of_produce_is_counted(void **state)
{
	(void)state;
	for (int version = 0; version <= 13; version++)
		tell_version(version, 0);
}

static void tagged_fields_are_passed_over(void **state)
{
	(void)state;
	for (int version = 9; version <= 13; version++)
		tell_version(version, 2);
}

static void a_refusal_names_its_first_error(void **state)
{
	(void)state;
	for (int version = 0; version <= 13; version++) {
		fresh(NULL);
		put_batch(&set, 3, 10);
		put_produce(&sent, &(struct produce){.version = version,
						     .correlation = 9,
						     .client = "c",
						     .acks = 1,
						     .topics = 2,
						     .partitions = 3,
						     .set = &set});
		put_answer(&received, &(struct answer){.version = version,
						       .correlation = 9,
						       .topics = 2,
						       .partitions = 3,
						       .error = 6,
						       .details = 2,
						       .message = "not the leader"});
		tell(&told, &sent, &received);
		assert_int_equal(told.row.produce_answered, 1);
		assert_int_equal(told.row.produce_answered_records, 18);
		assert_int_equal(told.row.produce_refused, 1);
		assert_int_equal(told.row.produce_error, 6);
		assert_int_equal(told.error, 6);
	}
}

static void a_version_to_come_is_uncounted(void **state)
{
	(void)state;
	hello(1);
	put_request(&sent, 0, 14, 2, "c", 300);
	put_response(&received, 2, 50);
	tell(&told, &sent, &received);
	assert_false(is_lost(&told));
	assert_int_equal(told.row.produce_requests, 1);
	assert_int_equal(told.row.produce_uncounted, 1);
	assert_int_equal(told.row.produce_answered, 1);
	assert_int_equal(told.row.produce_acks, TRACE_UNKNOWN);
	assert_int_equal(told.records, TRACE_UNKNOWN);
}

static void acks_0_expects_no_answer(void **state)
{
	(void)state;
	hello(1);
	put_batch(&set, 4, 30);
	struct produce produce = {
		.version = 7, .client = "c", .topics = 1, .partitions = 1, .set = &set};
	for (produce.correlation = 2; produce.correlation < 202; produce.correlation++)
		put_produce(&sent, &produce);
	put_request(&sent, 3, 1, 500, "c", 0);
	put_response(&received, 500, 10);
	begin(&told);
	send_all(&told, &sent);
	receive_all(&told, &received);
	assert_int_equal(told.row.produce_requests, 200);
	assert_int_equal(told.row.produce_unanswerable, 200);
	assert_int_equal(told.row.produce_unanswerable_records, 800);
	assert_int_equal(told.row.produce_acks, 0);
	assert_int_equal(told.row.responses, 2);
	assert_int_equal(told.row.uncounted_answers, 0);
}

static void an_answer_to_acks_0_does_no_harm(void **state)
{
	(void)state;
	hello(1);
	put_batch(&set, 4, 30);
	put_produce(&sent, &(struct produce){.version = 7,
					     .correlation = 2,
					     .client = "c",
					     .topics = 1,
					     .partitions = 1,
					     .set = &set});
	put_response(&received, 2, 30);
	tell(&told, &sent, &received);
	assert_false(is_lost(&told));
	assert_int_equal(told.row.responses, 2);
	assert_int_equal(told.row.produce_answered, 0);
	assert_int_equal(told.row.uncounted_answers, 1);
}

/* --- record sets ------------------------------------------------------------ */

static void tell_set(int version, bool null_sets)
{
	hello(1);
	put_produce(&sent, &(struct produce){.version = version,
					     .correlation = 2,
					     .client = "c",
					     .acks = 1,
					     .topics = 1,
					     .partitions = 2,
					     .null_sets = null_sets,
					     .set = &set});
	tell(&told, &sent, &received);
	assert_false(is_lost(&told));
	assert_int_equal(told.row.produce_requests, 1);
	assert_int_equal(told.written, 1);
}

static void old_messages_count_one_by_one(void **state)
{
	(void)state;
	for (int magic = 0; magic <= 1; magic++) {
		fresh(NULL);
		put_message(&set, magic, 0, 20);
		put_message(&set, magic, 0, 0);
		put_message(&set, magic, 8, 1); /* a timestamp type, no codec */
		tell_set(2, false);
		assert_int_equal(told.row.produce_records, 6);
		assert_int_equal(told.row.produce_uncounted, 0);
	}
}

static void a_compressed_old_message_hides_its_count(void **state)
{
	(void)state;
	put_message(&set, 1, 2, 200);
	tell_set(2, false);
	assert_int_equal(told.row.produce_records, 0);
	assert_int_equal(told.row.produce_uncounted, 1);
	assert_int_equal(told.records, TRACE_UNKNOWN);
}

static void null_and_empty_sets_hold_nothing(void **state)
{
	(void)state;
	for (int version = 3; version <= 13; version += 5) {
		fresh(NULL);
		tell_set(version, true);
		assert_int_equal(told.row.produce_records, 0);
		assert_int_equal(told.records, 0);
		fresh(NULL);
		tell_set(version, false);
		assert_int_equal(told.records, 0);
	}
}

/* --- cut frames --------------------------------------------------------------- */

static void a_cut_frame_says_how_far_it_came(void **state)
{
	(void)state;
	put_batch(&set, 5, 100);
	struct produce produce = {.version = 7,
				  .correlation = 2,
				  .client = "c",
				  .acks = 1,
				  .topics = 1,
				  .partitions = 2,
				  .set = &set};
	hello(1);
	size_t first = sent.count;
	put_produce(&sent, &produce);
	uint32_t whole = (uint32_t)(sent.count - first);
	int32_t records_before = 0;
	for (uint32_t at = 1; at < whole; at++) {
		begin(&told);
		give(&told, true, sent.at, first + at);
		assert_int_equal(told.row.frame_at, at);
		assert_int_equal(told.row.frame_bytes, at < 4 ? 0 : whole);
		assert_int_equal(told.row.frame_api, at < 12 ? TRACE_UNKNOWN : 0);
		assert_true(told.row.frame_records >= records_before);
		assert_true(told.row.frame_records % 5 == 0);
		records_before = told.row.frame_records;
		assert_int_equal(told.row.produce_requests, 0);
		assert_int_equal(told.row.requests, 1);
	}
	assert_int_equal(records_before, 10);
}

static void unseen_bytes_pass_as_payload_only(void **state)
{
	(void)state;
	hello(1);
	put_batch(&set, 5, 1000);
	size_t first = sent.count;
	put_produce(&sent, &(struct produce){.version = 7,
					     .correlation = 2,
					     .client = "c",
					     .acks = 1,
					     .topics = 1,
					     .partitions = 1,
					     .set = &set});
	begin(&told);
	give(&told, true, sent.at, sent.count - 900);
	wire_sent_unseen(&told.wire, &told.row, 899, SENT_AT);
	assert_int_equal(told.row.frame_at, sent.count - first - 1);
	wire_sent_unseen(&told.wire, &told.row, 1, SENT_AT);
	assert_int_equal(told.row.produce_records, 5);
	assert_between_frames(&told);
	assert_false(is_lost(&told));

	begin(&told);
	give(&told, true, sent.at, sent.count - 900);
	wire_sent_unseen(&told.wire, &told.row, 901, SENT_AT);
	assert_true(is_lost(&told));

	begin(&told);
	wire_sent_unseen(&told.wire, &told.row, 901, SENT_AT);
	assert_int_equal(told.row.flags, 0);
}

/* --- answers -------------------------------------------------------------------- */

static void answers_may_come_in_any_order(void **state)
{
	(void)state;
	hello(1);
	put_batch(&set, 1, 10);
	struct produce produce = {.version = 7,
				  .client = "c",
				  .acks = 1,
				  .topics = 1,
				  .partitions = 1,
				  .set = &set};
	struct answer answer = {.version = 7, .topics = 1, .partitions = 1};
	for (produce.correlation = 2; produce.correlation < 6; produce.correlation++)
		put_produce(&sent, &produce);
	for (answer.correlation = 5; answer.correlation > 1; answer.correlation--)
		put_answer(&received, &answer);
	tell(&told, &sent, &received);
	assert_int_equal(told.row.produce_answered, 4);
	assert_int_equal(told.row.uncounted_answers, 0);
	assert_int_equal(told.wire.oldest, told.wire.newest);
}

static void a_full_window_loses_count_not_place(void **state)
{
	(void)state;
	put_batch(&set, 2, 10);
	struct produce produce = {.version = 7,
				  .client = "c",
				  .acks = 1,
				  .topics = 1,
				  .partitions = 1,
				  .set = &set};
	struct answer answer = {.version = 7, .topics = 1, .partitions = 1};
	begin(&told);
	int total = 0;
	for (int round = 0; round < 10; round++) {
		sent.count = received.count = 0;
		for (int i = 0; i < WIRE_WINDOW + 4; i++) {
			produce.correlation = answer.correlation = total++;
			put_produce(&sent, &produce);
			put_answer(&received, &answer);
		}
		send_all(&told, &sent);
		receive_all(&told, &received);
	}
	assert_false(is_lost(&told));
	assert_int_equal(told.row.produce_requests, total);
	assert_int_equal(told.row.responses, total);
	assert_int_equal(told.row.produce_answered, total - 40);
	assert_int_equal(told.row.produce_answered_records, 2 * (total - 40));
	assert_int_equal(told.row.uncounted_answers, 40);
}

static void a_lap_of_the_window_is_no_different(void **state)
{
	(void)state;
	put_batch(&set, 2, 10);
	struct produce produce = {.version = 9,
				  .client = "c",
				  .acks = 1,
				  .topics = 1,
				  .partitions = 1,
				  .set = &set};
	struct answer answer = {.version = 9, .topics = 1, .partitions = 1};
	begin(&told);
	for (int i = 0; i < 1000; i++) {
		sent.count = received.count = 0;
		produce.correlation = answer.correlation = i;
		put_produce(&sent, &produce);
		put_answer(&received, &answer);
		send_all(&told, &sent);
		receive_all(&told, &received);
		assert_int_equal(told.row.produce_answered, i + 1);
	}
	assert_int_equal(told.row.uncounted_answers, 0);
}

/* --- what is not Kafka ------------------------------------------------------------ */

static void assert_left_alone(const void *at, size_t count, uint32_t flags)
{
	struct bytes *bytes = calloc(1, sizeof(*bytes));
	struct trace_socket untouched = {.flags = flags};
	put(bytes, at, count);
	hello(77);
	put(bytes, sent.at, sent.count); /* however Kafka-like it goes on */
	tell(&told, bytes, &received);
	assert_memory_equal(&told.row, &untouched, sizeof(untouched));
	assert_int_equal(told.recognised, 0);
	free(bytes);
}

static void tls_is_recognised_as_tls(void **state)
{
	(void)state;
	static const unsigned char client_hello[] = {0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3};
	assert_left_alone(client_hello, sizeof(client_hello), SOCKET_TLS);
}

static void other_protocols_are_left_alone(void **state)
{
	(void)state;
	static const char *const texts[] = {"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
					    "SSH-2.0-x\r\n",
					    "*1\r\n$4\r\nPING\r\n",
					    "EHLO me\r\n",
					    "USER x\r\n",
					    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		fresh(NULL);
		assert_left_alone(texts[i], strlen(texts[i]), 0);
	}
	/* PostgreSQL's start, whose version reads as Metadata v0. */
	static const char postgres[] = "\0\0\0\x21\0\3\0\0user\0postgres\0database\0db\0";
	fresh(NULL);
	assert_left_alone(postgres, sizeof(postgres) - 1, 0);
	/* ZooKeeper's, which reads as Produce v0 of nothing. */
	static const char zookeeper[] = "\0\0\0\x2d\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x75\x30"
					"\0\0\0\0\0\0\0\0\0\0\0\x10"
					"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
	fresh(NULL);
	assert_left_alone(zookeeper, sizeof(zookeeper) - 1, 0);
	/* PostgreSQL's SSLRequest, MongoDB, MySQL's ping, nothing at all. */
	static const char ssl_request[] = "\0\0\0\x08\x04\xd2\x16\x2f";
	fresh(NULL);
	assert_left_alone(ssl_request, sizeof(ssl_request) - 1, 0);
	static const char mongo[] = "\x3a\0\0\0\1\0\0\0\0\0\0\0\xd4\7\0\0";
	fresh(NULL);
	assert_left_alone(mongo, sizeof(mongo) - 1, 0);
	static const char zeros[64];
	fresh(NULL);
	assert_left_alone(zeros, sizeof(zeros), 0);
}

static void an_unknown_api_or_version_is_no_first_frame(void **state)
{
	(void)state;
	static const int pairs[][2] = {{200, 0}, {-1, 0}, {18, -1}, {18, 90}, {0, 60}};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		fresh(NULL);
		put_request(&sent, pairs[i][0], pairs[i][1], 1, "c", 20);
		begin(&told);
		send_all(&told, &sent);
		assert_int_equal(told.row.flags, 0);
		assert_int_equal(told.row.requests, 0);
	}
	fresh(NULL);
	put_request(&sent, 18, 3, 1, "bad\1client", 20);
	begin(&told);
	send_all(&told, &sent);
	assert_int_equal(told.row.flags, 0);
}

static void a_connection_that_was_accepted_is_not_followed(void **state)
{
	(void)state;
	hello(1);
	begin(&told);
	told.row.flags = SOCKET_ACCEPTED;
	send_all(&told, &sent);
	assert_int_equal(told.row.flags, SOCKET_ACCEPTED);
	assert_int_equal(told.row.requests, 0);
}

static void a_peer_that_speaks_first_is_not_trusted(void **state)
{
	(void)state;
	hello(1);
	begin(&told);
	give(&told, false, received.at, 5);
	send_all(&told, &sent);
	assert_int_equal(told.row.flags, SOCKET_KAFKA | SOCKET_WIRE_LOST);

	begin(&told);
	give(&told, false, (const unsigned char *)"220 mail\r\n", 10);
	give(&told, true, (const unsigned char *)"EHLO me\r\n", 9);
	assert_int_equal(told.row.flags, 0);
}

/* --- client ids ---------------------------------------------------------------------- */

static void client_ids_may_be_null_empty_or_long(void **state)
{
	(void)state;
	char long_id[300] = {0};
	memset(long_id, 'x', sizeof(long_id) - 1);
	put_request(&sent, 18, 0, 1, NULL, 0);
	tell(&told, &sent, &received);
	assert_int_equal(told.row.requests, 1);
	assert_string_equal(told.client_id, "");
	fresh(NULL);
	put_request(&sent, 3, 12, 1, "", 10);
	tell(&told, &sent, &received);
	assert_int_equal(told.recognised, 1);
	fresh(NULL);
	put_request(&sent, 18, 3, 1, long_id, 10);
	tell(&told, &sent, &received);
	assert_int_equal(told.row.requests, 1);
	assert_int_equal(strlen(told.client_id), WIRE_CLIENT_ID);
}

/* --- SASL ------------------------------------------------------------------------------ */

static void put_token(struct bytes *bytes, const void *token, size_t count)
{
	put_number(bytes, 4, (int64_t)count);
	put(bytes, token, count);
}

static void old_sasl_tokens_are_passed_over(void **state)
{
	(void)state;
	static const char gssapi[] = "\x60\x82\x02\x5c\x06\x09\x2a\x86\x48\x86\xf7";
	hello(1);
	put_request(&sent, 17, 0, 2, "c", 7);
	put_response(&received, 2, 12);
	put_token(&sent, "\0user\0secret", 12);
	put_token(&received, "", 0);
	put_token(&sent, "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL", 36);
	put_token(&received, "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j", 44);
	put_token(&sent, gssapi, sizeof(gssapi) - 1);
	put_token(&received, gssapi, sizeof(gssapi) - 1);
	put_token(&sent, "", 0);
	put_token(&received, "\5\4\1", 3);
	put_batch(&set, 6, 20);
	put_produce(&sent, &(struct produce){.version = 7,
					     .correlation = 3,
					     .client = "c",
					     .acks = 1,
					     .topics = 1,
					     .partitions = 1,
					     .set = &set});
	put_answer(
		&received,
		&(struct answer){.version = 7, .correlation = 3, .topics = 1, .partitions = 1});
	tell(&told, &sent, &received);
	assert_int_equal(told.row.flags, SOCKET_KAFKA);
	assert_int_equal(told.row.requests, 3);
	assert_int_equal(told.row.responses, 3);
	assert_int_equal(told.row.produce_records, 6);
	assert_int_equal(told.row.produce_answered, 1);
	assert_int_equal(told.row.uncounted_answers, 0);
	assert_int_equal(told.wire.tokens, 0);
}

static void new_sasl_is_requests_like_any(void **state)
{
	(void)state;
	put_request(&sent, 17, 1, 1, "c", 7);
	put_response(&received, 1, 12);
	put_request(&sent, 36, 1, 2, "c", 30);
	put_response(&received, 2, 12);
	tell(&told, &sent, &received);
	assert_int_equal(told.row.requests, 2);
	assert_int_equal(told.row.responses, 2);
	assert_int_equal(told.wire.tokens, 0);
}

static void no_token_is_kept(void **state)
{
	(void)state;
	hello(1);
	put_request(&sent, 17, 0, 2, "c", 7);
	put_token(&sent, "\0user\0secret", 12);
	/* One that would pass as a header: Produce v0 of a client "secret". */
	put_token(&sent, "\0\0\0\0\0\0\0\1\0\6secret\1\1", 18);
	begin(&told);
	send_all(&told, &sent);
	for (size_t i = 0; i + 6 <= sizeof(told.wire); i++)
		assert_memory_not_equal((const char *)&told.wire + i, "secret", 6);
}

/* --- lengths that lie ----------------------------------------------------------------------
 */

/* Every byte of a good story replaced by every suspicious value. */
static void a_lying_byte_never_reads_beyond(void **state)
{
	(void)state;
	static const unsigned char lies[] = {0, 1, 0x7f, 0x80, 0xfe, 0xff};
	for (int version = 2; version <= 13; version += version == 2 ? 6 : 5) {
		fresh(NULL);
		hello(1);
		put_batch(&set, 5, 40);
		put_produce(&sent, &(struct produce){.version = version,
						     .correlation = 2,
						     .client = "c",
						     .acks = 1,
						     .topics = 1,
						     .partitions = 2,
						     .tags = 1,
						     .set = &set});
		put_answer(&received, &(struct answer){.version = version,
						       .correlation = 2,
						       .topics = 1,
						       .partitions = 2,
						       .details = 1});
		for (size_t i = 0; i < (sent.count + received.count) * sizeof(lies); i++) {
			size_t at = i / sizeof(lies);
			unsigned char *byte =
				at < sent.count ? &sent.at[at] : &received.at[at - sent.count];
			unsigned char truth = *byte;
			*byte = lies[i % sizeof(lies)];
			begin(&told);
			send_all(&told, &sent);
			receive_all(&told, &received);
			assert_true(told.row.produce_answered <= told.row.produce_requests);
			assert_true(told.row.produce_requests <= 1);
			*byte = truth;
		}
	}
}

static void assert_length_lie_is_lost(size_t at, int width, int64_t lie)
{
	static struct bytes good, value;
	good = sent;
	value.count = 0;
	put_number(&value, width, lie);
	memcpy(sent.at + at, value.at, value.count);
	begin(&told);
	send_all(&told, &sent);
	assert_true(is_lost(&told));
	assert_int_equal(told.row.produce_requests, 0);
	sent = good;
}

static void inner_lengths_beyond_the_frame_are_lost(void **state)
{
	(void)state;
	hello(1);
	put_batch(&set, 5, 40);
	size_t frame = sent.count;
	put_produce(&sent, &(struct produce){.version = 7,
					     .correlation = 2,
					     .client = "c",
					     .acks = 1,
					     .topics = 1,
					     .partitions = 1,
					     .set = &set});
	size_t batch = sent.count - set.count;
	assert_length_lie_is_lost(frame, 4, -1);			 /* the frame's own */
	assert_length_lie_is_lost(frame + 12, 2, 30000);		 /* client id */
	assert_length_lie_is_lost(frame + 15, 2, 30000);		 /* transactional id */
	assert_length_lie_is_lost(frame + 23, 4, 1 << 30);		 /* topics */
	assert_length_lie_is_lost(frame + 27, 2, -2);			 /* topic's name */
	assert_length_lie_is_lost(batch - 4, 4, (int64_t)set.count + 1); /* record set */
	assert_length_lie_is_lost(batch - 4, 4, (int64_t)set.count - 1);
	assert_length_lie_is_lost(batch + 8, 4, (int64_t)set.count - 11); /* batch */
	assert_length_lie_is_lost(batch + 8, 4, 48);
	assert_length_lie_is_lost(batch + 57, 4, -1); /* record count */
}

static void a_lost_connection_stays_lost(void **state)
{
	(void)state;
	hello(1);
	put_number(&sent, 4, -5);
	begin(&told);
	send_all(&told, &sent);
	assert_true(is_lost(&told));
	struct trace_socket before = told.row;
	sent.count = 0;
	hello(2);
	send_all(&told, &sent);
	receive_all(&told, &received);
	assert_memory_equal(&before, &told.row, sizeof(before));
}

static void an_answer_that_lies_is_lost(void **state)
{
	(void)state;
	put_request(&sent, 18, 0, 1, "c", 0);
	put_number(&received, 4, 3);
	put_filler(&received, 3);
	begin(&told);
	send_all(&told, &sent);
	receive_all(&told, &received);
	assert_true(is_lost(&told));
	begin(&told);
	send_all(&told, &sent);
	wire_received_unseen(&told.wire, &told.row);
	assert_true(is_lost(&told));
}

/* --- threads
 * ---------------------------------------------------------------------------------- */

static void send_again(void *context, const struct wire_fact *fact)
{
	struct connection *connection = context;
	(void)fact;
	wire_sent(&connection->wire, &connection->row, sent.at, sent.count, SENT_AT);
}

static void two_in_one_direction_give_up(void **state)
{
	(void)state;
	hello(1);
	begin(&told);
	told.wire.seen = send_again;
	send_all(&told, &sent);
	assert_true(is_lost(&told));
}

#define THREAD_REQUESTS 20000
static uint32_t turns_sent;

static void *send_many(void *context)
{
	struct connection *connection = context;
	static struct bytes bytes, batch;
	batch.count = 0;
	put_batch(&batch, 3, 20);
	struct produce produce = {.version = 9,
				  .client = "c",
				  .acks = 1,
				  .topics = 1,
				  .partitions = 1,
				  .set = &batch};
	for (uint32_t i = 0; i < THREAD_REQUESTS; i++) {
		bytes.count = 0;
		produce.correlation = (int32_t)i;
		put_produce(&bytes, &produce);
		while (i >= __atomic_load_n(&connection->row.responses, __ATOMIC_RELAXED) + 90)
			sched_yield();
		size_t half = i % bytes.count;
		wire_sent(&connection->wire, &connection->row, bytes.at, half, i);
		wire_sent(&connection->wire, &connection->row, bytes.at + half,
			  bytes.count - half, i);
		__atomic_store_n(&turns_sent, i + 1, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void one_may_send_while_another_receives(void **state)
{
	(void)state;
	pthread_t sender;
	struct answer answer = {.version = 9, .topics = 1, .partitions = 1};
	begin(&told);
	told.wire.seen = NULL;
	assert_int_equal(pthread_create(&sender, NULL, send_many, &told), 0);
	for (uint32_t i = 0; i < THREAD_REQUESTS; i++) {
		received.count = 0;
		answer.correlation = (int32_t)i;
		put_answer(&received, &answer);
		while (__atomic_load_n(&turns_sent, __ATOMIC_ACQUIRE) <= i)
			sched_yield();
		wire_received(&told.wire, &told.row, received.at, received.count, i);
	}
	pthread_join(sender, NULL);
	assert_false(is_lost(&told));
	assert_int_equal(told.row.produce_answered, THREAD_REQUESTS);
	assert_int_equal(told.row.produce_answered_records, 3 * THREAD_REQUESTS);
	assert_int_equal(told.row.uncounted_answers, 0);
}

/* --- anything goes
 * ------------------------------------------------------------------------------ */

static unsigned dice(unsigned sides)
{
	static uint64_t seed = 0x9e3779b97f4a7c15;
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % sides;
}

static void give_at_random(struct connection *connection, bool is_sent,
			   const struct bytes *bytes)
{
	for (size_t at = 0, count; at < bytes->count; at += count) {
		count = 1 + dice(dice(2) ? 9 : 900);
		if (count > bytes->count - at)
			count = bytes->count - at;
		give(connection, is_sent, bytes->at + at, count);
	}
}

static void random_streams_add_up(void **state)
{
	(void)state;
	for (int round = 0; round < 300; round++) {
		uint64_t records = 0, produced = 0, answered = 0, unanswerable = 0;
		fresh(NULL);
		hello(0);
		for (int32_t i = 1; i < 30; i++) {
			struct produce produce = {.version = (int)dice(14),
						  .correlation = i,
						  .client = dice(2) ? "random" : NULL,
						  .acks = (int)dice(3) - 1,
						  .topics = (int)dice(4),
						  .partitions = (int)dice(3),
						  .tags = (int)dice(2),
						  .set = &set};
			if (dice(3) == 0) {
				put_request(&sent, 18 + (int)dice(70), (int)dice(4), i, "o",
					    dice(99));
				put_response(&received, i, dice(200));
				continue;
			}
			int32_t in_set = 0;
			set.count = 0;
			for (unsigned batches = dice(3); batches; batches--) {
				int32_t count = (int32_t)dice(1000);
				in_set += count;
				put_batch(&set, count, dice(60));
			}
			put_produce(&sent, &produce);
			produced++;
			records += (uint64_t)(in_set * produce.topics * produce.partitions);
			unanswerable += produce.acks == 0;
			if (produce.acks == 0)
				continue;
			answered++;
			put_answer(&received, &(struct answer){.version = produce.version,
							       .correlation = i,
							       .topics = produce.topics,
							       .partitions = produce.partitions,
							       .details = (int)dice(3)});
		}
		begin(&told);
		give_at_random(&told, true, &sent);
		give_at_random(&told, false, &received);
		assert_false(is_lost(&told));
		assert_int_equal(told.row.produce_requests, produced);
		assert_int_equal(told.row.produce_records, records);
		assert_int_equal(told.row.produce_answered, answered);
		assert_int_equal(told.row.produce_unanswerable, unanswerable);
		assert_between_frames(&told);
	}
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_version_of_produce_is_counted),
		TEST(tagged_fields_are_passed_over),
		TEST(a_refusal_names_its_first_error),
		TEST(a_version_to_come_is_uncounted),
		TEST(acks_0_expects_no_answer),
		TEST(an_answer_to_acks_0_does_no_harm),
		TEST(old_messages_count_one_by_one),
		TEST(a_compressed_old_message_hides_its_count),
		TEST(null_and_empty_sets_hold_nothing),
		TEST(a_cut_frame_says_how_far_it_came),
		TEST(unseen_bytes_pass_as_payload_only),
		TEST(answers_may_come_in_any_order),
		TEST(a_full_window_loses_count_not_place),
		TEST(a_lap_of_the_window_is_no_different),
		TEST(tls_is_recognised_as_tls),
		TEST(other_protocols_are_left_alone),
		TEST(an_unknown_api_or_version_is_no_first_frame),
		TEST(a_connection_that_was_accepted_is_not_followed),
		TEST(a_peer_that_speaks_first_is_not_trusted),
		TEST(client_ids_may_be_null_empty_or_long),
		TEST(old_sasl_tokens_are_passed_over),
		TEST(new_sasl_is_requests_like_any),
		TEST(no_token_is_kept),
		TEST(a_lying_byte_never_reads_beyond),
		TEST(inner_lengths_beyond_the_frame_are_lost),
		TEST(a_lost_connection_stays_lost),
		TEST(an_answer_that_lies_is_lost),
		TEST(two_in_one_direction_give_up),
		TEST(one_may_send_while_another_receives),
		TEST(random_streams_add_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
