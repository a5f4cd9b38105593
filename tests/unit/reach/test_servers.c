/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_servers.c - bootstrap.servers in every way that a client writes it.
 */
#include "reach/servers.h"

#include <string.h>

#include "testing.h"

static void expect(const char *text, const char *hosts, const int64_t *ports)
{
	struct server server;
	char got[256] = "";

	for (; servers_next(&text, &server); ports++) {
		strncat(got, server.host, server.host_bytes);
		strcat(got, " ");
		assert_int_equal(server.port, *ports);
	}
	assert_string_equal(got, hosts);
}

static void lists_are_read_as_clients_write_them(void **state)
{
	(void)state;
	expect("a:1,b:2", "a b ", (int64_t[]){1, 2});
	expect(" a:1 , b ", "a b ", (int64_t[]){1, 9092});
	expect("SSL://a:1,PLAINTEXT://b.c:22", "a b.c ", (int64_t[]){1, 22});
	expect("['a:1', 'b:2']", "a b ", (int64_t[]){1, 2});
	expect("[a:1, b:2]", "a b ", (int64_t[]){1, 2});
	expect("[::1]:9094,a:1", "::1 a ", (int64_t[]){9094, 1});
	expect("SSL://[fe80::2]:9094", "fe80::2 ", (int64_t[]){9094});
	expect("127.0.0.1", "127.0.0.1 ", (int64_t[]){9092});
	expect("", "", NULL);
	expect(",,", "", NULL);
}

static bool is(const char *text, const char *address, const char *name, int64_t port)
{
	const struct peer peer = {.address = address, .name = name, .port = port};
	struct server server;

	assert_true(servers_next(&text, &server));
	return server_is(&server, &peer);
}

static void a_server_is_a_peer_by_address_or_by_name(void **state)
{
	(void)state;
	assert_true(is("127.0.0.1:1", "127.0.0.1:1", NULL, 1));
	assert_false(is("127.0.0.1:1", "127.0.0.1:2", NULL, 2));
	assert_false(is("127.0.0.1:1", "127.0.0.11:1", NULL, 1));
	assert_true(is("Kafka:1", "10.0.0.1:1", "kafka:1", 1));
	assert_false(is("kafka:1", "10.0.0.1:1", "kafka2:1", 1));
	assert_true(is("kafka:1", NULL, "kafka", UNKNOWN));
	assert_true(is("[::1]:1", "[::1]:1", NULL, 1));
	assert_false(is("[::1]:1", "[::2]:1", NULL, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_read_as_clients_write_them),
		cmocka_unit_test(a_server_is_a_peer_by_address_or_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
