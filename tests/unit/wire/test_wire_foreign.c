/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_wire_foreign.c - bytes that are no Kafka request, and bytes that only
 * look like one.
 *
 * compiles: shim/wire/[a-z]*.c
 */
#include "wire/wire_connection.h"

/* --- what is not Kafka ------------------------------------------------- */

static void assert_left_alone(const void *at, size_t count, uint32_t flags)
{
	struct bytes *bytes = calloc(1, sizeof(*bytes));
	struct trace_socket untouched = {.flags = flags};
	put(bytes, at, count);
	hello(77);
	put(bytes, sent.at, sent.count); /* however similar to Kafka its rest is */
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

/* --- client ids -------------------------------------------------------- */

static void client_ids_may_be_null_empty_or_long(void **state)
{
	(void)state;
	char long_id[3000] = {0};
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
	assert_int_equal(told.client_id_whole, sizeof(long_id) - 1);
	uint32_t hash = told.client_id_hash;
	long_id[sizeof(long_id) - 2] = 'y'; /* beyond what is kept */
	fresh(NULL);
	put_request(&sent, 18, 3, 1, long_id, 10);
	tell(&told, &sent, &received);
	assert_int_not_equal(told.client_id_hash, hash);
}

/* --- SASL -------------------------------------------------------------- */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tls_is_recognised_as_tls),
		TEST(other_protocols_are_left_alone),
		TEST(an_unknown_api_or_version_is_no_first_frame),
		TEST(a_connection_that_was_accepted_is_not_followed),
		TEST(a_peer_that_speaks_first_is_not_trusted),
		TEST(client_ids_may_be_null_empty_or_long),
		TEST(old_sasl_tokens_are_passed_over),
		TEST(new_sasl_is_requests_like_any),
		TEST(no_token_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
