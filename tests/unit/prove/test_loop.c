/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_loop.c - the relay between a host and a broker, both of which are this test
 */
#include "prove/loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "format/divert.h"
#include "prove/prove.h"
#include "scratch.h"
#include "testing.h"
#include "trace_maker.h"

#define RUN "000102030405060708090a0b0c0d0e0f"
#define SOON_MS 5000 /* what must come has come by then */
#define NEVER_MS 300 /* what must not has not */
#define SECOND INT64_C(1000000000)

static char directory[1000], trace_path[1100];
static struct prove *prove;
static struct maker maker;
static int listener, host, broker;
static struct divert_hello hello;

/* A trace as its process has it: a file that is written to. */
static void trace_make(const char *settings)
{
	struct trace_producer *producer;

	maker_make(&maker);
	producer = maker_producer(&maker);
	producer->configuration = maker_string(&maker, settings);
	for (uint8_t i = 0; i < 16; i++)
		maker.header->run[i] = i;
	int fd = open(trace_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, maker.bytes, maker.size), maker.size);
	close(fd);
}

/* The process begins to wait, or has purged its producer. */
static void trace_change(const void *place, uint64_t value)
{
	int fd = open(trace_path, O_WRONLY | O_CLOEXEC);
	off_t at = (const uint8_t *)place - maker.bytes;

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, &value, sizeof(value), at), sizeof(value));
	close(fd);
}

static void broker_listen(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t bytes = sizeof(at);

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, bytes), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &bytes), 0);
	hello = (struct divert_hello){.magic = DIVERT_MAGIC,
				      .pid = maker.process->pid,
				      .start_ticks = maker.process->start_ticks,
				      .monotonic_ns = maker.process->monotonic_ns,
				      .peer_address = {[10] = 0xff, [11] = 0xff, 127, 0, 0, 1},
				      .peer_port = ntohs(at.sin_port)};
	for (uint8_t i = 0; i < 16; i++)
		hello.run[i] = i;
}

static void start(const char *settings)
{
	char why[256];

	trace_make(settings);
	prove = prove_start(directory, RUN, why, sizeof(why));
	assert_non_null(prove);
	broker_listen();
}

static bool comes(int fd, int ms)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};

	return poll(&wait, 1, ms) == 1;
}

static void host_connect(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const char *port = strchr(prove_address(prove), ':') + 1;

	at.sin_port = htons((uint16_t)atoi(port));
	host = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(host, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(send(host, &hello, sizeof(hello), 0), sizeof(hello));
}

static void broker_accept(void)
{
	assert_true(comes(listener, SOON_MS));
	broker = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(broker >= 0);
}

static void read_exactly(int fd, void *to, size_t bytes)
{
	size_t got = 0;

	while (got < bytes) {
		assert_true(comes(fd, SOON_MS));
		ssize_t now = recv(fd, (char *)to + got, bytes - got, 0);
		assert_true(now > 0);
		got += (size_t)now;
	}
}

/* Produce of version 7 with acks=all, as far as anybody looks. */
static const uint8_t request[] = {0, 0,	  0,	22,   0,    0,	  0, 7, 0, 0, 0, 9, 0,
				  1, 'c', 0xff, 0xff, 0xff, 0xff, 0, 0, 1, 2, 3, 4, 5};
static const uint8_t answer[] = {0, 0, 0, 8, 0, 0, 0, 9, 1, 2, 3, 4};

/* The host produces, the broker answers. */
static void produce_and_answer(void)
{
	uint8_t seen[sizeof(request)];

	host_connect();
	broker_accept();
	assert_int_equal(send(host, request, sizeof(request), 0), sizeof(request));
	read_exactly(broker, seen, sizeof(seen));
	assert_memory_equal(seen, request, sizeof(request));
	assert_int_equal(send(broker, answer, sizeof(answer), 0), sizeof(answer));
}

static void answer_comes(void)
{
	uint8_t seen[sizeof(answer)];

	read_exactly(host, seen, sizeof(seen));
	assert_memory_equal(seen, answer, sizeof(answer));
}

static struct host end(void)
{
	struct host facts = {.proves = true};

	close(host);
	close(broker);
	prove_end(prove, false);
	prove_tell(prove, &facts);
	return facts;
}

static int paths_make(void **state)
{
	int made = scratch_make(state);

	snprintf(trace_path, sizeof(trace_path), "%s", scratch_path("4242-1.trace"));
	snprintf(directory, sizeof(directory), "%s", scratch_path("."));
	return made;
}

static int tear_down(void **state)
{
	(void)state;
	prove_free(prove);
	close(listener);
	maker_free(&maker);
	return 0;
}

/* ---- tests -------------------------------------------------------------------------- */

static void an_answer_is_withheld_until_the_process_waits(void **state)
{
	(void)state;
	start("message.timeout.ms=300000\n");
	produce_and_answer();
	assert_false(comes(host, NEVER_MS));
	trace_change(&maker.process->waits_began, 1);
	answer_comes();
	struct host facts = end();
	assert_false(facts.proof_broke);
	assert_int_equal(facts.withheld_count, 1);
	assert_int_equal(facts.withheld[0].by_wait, 1);
	assert_int_equal(facts.withheld[0].patience_ns, 5 * SECOND);
	assert_int_equal(facts.line_count, 1);
	assert_int_equal(facts.lines[0].due_ns, 0);
	assert_int_equal(facts.lines[0].cut_ns, 0);
	assert_true(facts.lines[0].last_ns > 0);
}

static void from_one_that_waits_nothing_is_withheld(void **state)
{
	(void)state;
	start("");
	trace_change(&maker.process->waits_began, 1);
	produce_and_answer();
	answer_comes();
	struct host facts = end();
	assert_int_equal(facts.withheld[0].holds, 0);
}

static void an_answer_is_withheld_until_its_time_is_over(void **state)
{
	(void)state;
	start("message.timeout.ms=1000\n");
	produce_and_answer();
	assert_false(comes(host, NEVER_MS));
	answer_comes();
	struct host facts = end();
	assert_int_equal(facts.withheld[0].by_time, 1);
	assert_int_equal(facts.withheld[0].patience_ns, SECOND / 2);
	assert_int_equal(facts.lines[0].due_ns, facts.lines[0].last_ns);
	assert_between(facts.lines[0].due_for_ns, SECOND / 2, 5 * SECOND);
}

static void who_ends_meanwhile_is_cut(void **state)
{
	(void)state;
	start("");
	produce_and_answer();
	assert_false(comes(host, NEVER_MS));
	trace_change(&maker.producers[0].purge_calls, 1);
	close(host);
	/* What it had sent stays sent, and the broker sees its end. */
	assert_true(comes(broker, SOON_MS));
	assert_int_equal(recv(broker, &(char){0}, 1, 0), 0);
	struct host facts = end();
	assert_int_equal(facts.withheld[0].by_end, 1);
	assert_int_equal(facts.withheld[0].purged, 1);
	assert_true(facts.lines[0].cut_ns >= facts.lines[0].last_ns);
}

static void what_is_behind_a_withheld_answer_keeps_its_place(void **state)
{
	static const uint8_t more[] = {0, 0, 0, 10, 0, 3, 0, 1, 0, 0, 0, 10, 0xff, 0xff};
	static const uint8_t second[] = {0, 0, 0, 4, 0, 0, 0, 10};
	uint8_t seen[sizeof(second)];

	(void)state;
	start("");
	produce_and_answer();
	assert_int_equal(send(host, more, sizeof(more), 0), sizeof(more));
	assert_true(comes(broker, SOON_MS));
	assert_int_equal(send(broker, second, sizeof(second), 0), sizeof(second));
	assert_false(comes(host, NEVER_MS));
	trace_change(&maker.process->waits_began, 1);
	answer_comes();
	read_exactly(host, seen, sizeof(seen));
	assert_memory_equal(seen, second, sizeof(second));
	end();
}

static void what_was_sent_before_the_end_reaches_the_broker(void **state)
{
	static uint8_t much[1 << 20], seen[1 << 20];

	(void)state;
	start("");
	host_connect();
	memset(much, 'x', sizeof(much));
	assert_int_equal(send(host, much, sizeof(much), 0), sizeof(much));
	close(host);
	broker_accept();
	read_exactly(broker, seen, sizeof(seen));
	assert_memory_equal(much, seen, sizeof(much));
	assert_true(comes(broker, SOON_MS));
	assert_int_equal(recv(broker, seen, 1, 0), 0);
	struct host facts = end();
	assert_true(facts.lines[0].lost);
}

static void who_does_not_know_the_run_is_turned_away(void **state)
{
	(void)state;
	start("");
	hello.run[15] = 77;
	host_connect();
	assert_true(comes(host, SOON_MS));
	assert_true(recv(host, &(char){0}, 1, 0) <= 0);
	assert_false(comes(listener, NEVER_MS));
	broker = -1;
	struct host facts = end();
	assert_int_equal(facts.line_count, 0);
}

static void a_broker_that_refuses_is_no_connection(void **state)
{
	(void)state;
	start("");
	close(listener);
	host_connect();
	assert_true(comes(host, SOON_MS));
	assert_int_equal(recv(host, &(char){0}, 1, 0), -1);
	assert_int_equal(errno, ECONNRESET);
	broker = listener = -1;
	end();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_answer_is_withheld_until_the_process_waits),
		TEST(from_one_that_waits_nothing_is_withheld),
		TEST(an_answer_is_withheld_until_its_time_is_over),
		TEST(who_ends_meanwhile_is_cut),
		TEST(what_is_behind_a_withheld_answer_keeps_its_place),
		TEST(what_was_sent_before_the_end_reaches_the_broker),
		TEST(who_does_not_know_the_run_is_turned_away),
		TEST(a_broker_that_refuses_is_no_connection),
	};

	return cmocka_run_group_tests(tests, paths_make, scratch_remove);
}
