/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_absent.c - what is called in place of functions that a copy of librdkafka lacks, or that
 * were not found in it, though others that are there hand an error out.
 *
 * compiles: shim/linked/absent.c
 */
#include "linked/absent.h"

#include <librdkafka/rdkafka.h>

#include "testing.h"

/* on_flush.c, on_produce.c and on_producev.c call these two without a look at whether they are
 * there: a transaction that was refused crashed the host. */
static void an_error_has_a_code_that_is_none_of_success(void **state)
{
	__typeof__(&rd_kafka_error_code) code = absent_function("rd_kafka_error_code");
	__typeof__(&rd_kafka_error_destroy) destroy = absent_function("rd_kafka_error_destroy");

	(void)state;
	assert_non_null(code);
	assert_non_null(destroy);
	assert_int_equal(code(NULL), RD_KAFKA_RESP_ERR_UNKNOWN);
	destroy(NULL);
}

static void what_the_guest_can_do_without_has_nothing(void **state)
{
	(void)state;
	assert_null(absent_function("rd_kafka_message_status"));
	assert_null(absent_function("rd_kafka_conf_set"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_has_a_code_that_is_none_of_success),
		cmocka_unit_test(what_the_guest_can_do_without_has_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
