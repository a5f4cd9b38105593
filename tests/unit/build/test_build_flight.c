/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_build_flight.c - how many outstanding messages had been written, and
 * when that is not known.
 *
 * A process that ends while the first request on a new connection is being
 * written leaves a connection without a client id.
 */
#include <stddef.h>
#include <stdint.h>

#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static struct run run;
static struct trace_socket *fresh; /* nothing was counted on it yet */

static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	maker_story(&maker, 100, 0)->client = CLIENT_KAFKA_PYTHON;
	fresh = maker_socket(&maker, UINT32_MAX);
	*fresh = (struct trace_socket){.state = fresh->state,
				       .opened_ns = fresh->opened_ns,
				       .fd = 99,
				       .write_began_ns = maker.process->end_ns - 1000};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	model_free(&run);
	maker_free(&maker);
	return 0;
}

static int64_t unsent(void)
{
	model_free(&run);
	maker_run(&maker, &run);
	assert_int_equal(run.processes[0].producers[0].tally.messages[OUTSTANDING], 100);
	return run.processes[0].producers[0].tally.messages[UNSENT];
}

static void a_first_request_being_written_may_be_the_producers(void **state)
{
	(void)state;
	assert_int_equal(unsent(), UNKNOWN);
	assert_int_equal(run.processes[0].producers[0].verdict, VERDICT_AT_RISK);
}

static void one_that_nothing_is_written_to_is_not(void **state)
{
	(void)state;
	fresh->write_began_ns = 0;
	assert_int_equal(unsent(), 100);
	assert_int_equal(run.processes[0].producers[0].verdict, VERDICT_LOST);
}

/* What was counted before shows that it speaks something else. */
static void one_that_had_been_written_to_is_not(void **state)
{
	(void)state;
	fresh->accepted_bytes = 5;
	assert_int_equal(unsent(), 100);
}

static void one_that_came_to_us_is_not(void **state)
{
	(void)state;
	fresh->flags = SOCKET_ACCEPTED;
	assert_int_equal(unsent(), 100);
}

static void librdkafka_names_its_connections_before(void **state)
{
	(void)state;
	maker.producers[0].client = CLIENT_LIBRDKAFKA;
	assert_int_equal(unsent(), 100);
}

/* Its frames cannot be read, and so not whose it is. */
static void what_is_encrypted_may_be_the_producers(void **state)
{
	(void)state;
	*fresh = (struct trace_socket){
		.state = SOCKET_OPEN, .opened_ns = fresh->opened_ns, .flags = SOCKET_TLS};
	fresh->accepted_bytes = 20000;
	assert_int_equal(unsent(), UNKNOWN);
	assert_int_equal(run.processes[0].producers[0].verdict, VERDICT_AT_RISK);
	fresh->flags |= SOCKET_ACCEPTED;
	assert_int_equal(unsent(), 100);
	fresh->flags = SOCKET_TLS;
	maker.producers[0].client = CLIENT_LIBRDKAFKA;
	assert_int_equal(unsent(), 100);
}

static int64_t kernel_bytes(int32_t unsent_bytes)
{
	fresh->unsent_bytes = unsent_bytes;
	unsent();
	return run.processes[0].producers[0].kernel_bytes;
}

static void an_alert_of_tls_is_no_data(void **state)
{
	(void)state;
	*fresh = (struct trace_socket){.state = SOCKET_CLOSED,
				       .opened_ns = fresh->opened_ns,
				       .closed_ns = maker.process->end_ns - 1,
				       .end = END_CLOSE,
				       .flags = SOCKET_TLS,
				       .producer = 1};
	assert_int_equal(kernel_bytes(24), 0);
	assert_int_equal(kernel_bytes(40), 0);
	assert_int_equal(kernel_bytes(1900000), 1900000);
	fresh->flags |= SOCKET_UNDER_WAY;
	assert_int_equal(kernel_bytes(1900000), 0);
}

/* Killed between the last byte of a request and the client's own count of it. */
static void what_acks0_wrote_whole_was_sent_though_the_client_had_not_counted_it(void **state)
{
	(void)state;
	maker.producers[0].acks = 0;
	maker.producers[0].client = CLIENT_KAFKA_CLIENTS;
	*fresh = (struct trace_socket){.state = SOCKET_OPEN,
				       .opened_ns = fresh->opened_ns,
				       .flags = SOCKET_KAFKA,
				       .producer = 1,
				       .produce_requests = 2,
				       .produce_unanswerable = 2,
				       .produce_records = 70,
				       .produce_unanswerable_records = 70};
	assert_int_equal(unsent(), 30);
	assert_int_equal(run.processes[0].producers[0].tally.messages[IN_FLIGHT], 70);
	fresh->produce_records = fresh->produce_unanswerable_records = 100;
	assert_int_equal(unsent(), 0);
	assert_int_equal(run.processes[0].producers[0].verdict, VERDICT_AT_RISK);
	/* An answer to acks=0 says nothing of any message. */
	fresh->uncounted_answers = 1;
	assert_int_equal(unsent(), 0);
	/* Rows that were used again had counted, too. */
	maker.process->recycled_sockets = 1;
	assert_int_equal(unsent(), UNKNOWN);
}

static int64_t owner_of_the_last(void)
{
	unsent();
	return run.processes[0].sockets[run.processes[0].socket_count - 1].producer;
}

/* The wire keeps the first bytes of a client id, and of the whole its length and its hash. */
static void a_client_id_of_any_length_is_known_again(void **state)
{
	char id[71] = {0};
	uint32_t hash = 2166136261u;

	(void)state;
	for (size_t i = 0; i < 70; i++) {
		id[i] = 'a';
		hash = (hash ^ 'a') * 16777619u;
	}
	maker.producers[0].client_id = maker_string(&maker, id);
	id[64] = '\0';
	*fresh = (struct trace_socket){.state = SOCKET_OPEN,
				       .opened_ns = fresh->opened_ns,
				       .flags = SOCKET_KAFKA,
				       .client_id = maker_string(&maker, id),
				       .client_id_bytes = 70,
				       .client_id_hash = hash};
	assert_int_equal(owner_of_the_last(), 0);
	fresh->client_id_hash++; /* another, that begins the same */
	assert_int_equal(owner_of_the_last(), UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_first_request_being_written_may_be_the_producers, setup, teardown),
		cmocka_unit_test_setup_teardown(one_that_nothing_is_written_to_is_not, setup,
						teardown),
		cmocka_unit_test_setup_teardown(one_that_had_been_written_to_is_not, setup,
						teardown),
		cmocka_unit_test_setup_teardown(one_that_came_to_us_is_not, setup, teardown),
		cmocka_unit_test_setup_teardown(librdkafka_names_its_connections_before, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_is_encrypted_may_be_the_producers, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_alert_of_tls_is_no_data, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_acks0_wrote_whole_was_sent_though_the_client_had_not_counted_it,
			setup, teardown),
		cmocka_unit_test_setup_teardown(a_client_id_of_any_length_is_known_again, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
