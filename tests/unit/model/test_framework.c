/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_framework.c - how a framework is recognised, and the findings that have
 * its advice.
 */
#include "model/framework.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static struct run run;
static struct trace_producer *producer;

static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	producer = maker_story(&maker, 1000, 50);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	model_free(&run);
	maker_free(&maker);
	return 0;
}

static const char *change_of(const char *id)
{
	model_free(&run);
	maker_run(&maker, &run);
	const struct finding *finding = maker_finding(&run, id);

	if (!finding)
		fail_msg("%s is not raised", id);
	return finding->change;
}

static void expect(const char *id, const char *words)
{
	if (!strstr(change_of(id), words))
		fail_msg("'%s' is not in '%s'", words, change_of(id));
}

/* The frame that called the user's line, which stays the innermost. */
static void called_from(const char *function, const char *file)
{
	maker.sites[0].depth = 2;
	maker.sites[0].frames[1] = (struct trace_frame){
		.function = maker_string(&maker, function),
		.file = maker_string(&maker, file),
		.line = 9,
	};
}

static void a_frame_shows_it(void **state)
{
	static const struct {
		const char *function, *file, *words;
	} frames[] = {
		{"org.apache.kafka.streams.KafkaStreams.run", "S.java", "streams.close()"},
		{"ch.qos.logback.core.AppenderBase.doAppend", "A.java", "<shutdownHook/>"},
		{"org.apache.logging.log4j.Logger.info", "L.java", "log4j2's shutdown hook"},
		{"org.springframework.kafka.core.KafkaTemplate.send", "K.java", "context"},
		{"reactor.kafka.sender.KafkaSender.send", "K.java", "KafkaSender"},
		{"io.vertx.kafka.client.producer.KafkaProducer.send", "K.java", "stop()"},
		{"task", "/v/site-packages/celery/app/trace.py", "worker_process_shutdown"},
		{"run", "/v/site-packages/fastapi/routing.py", "lifespan"},
		{"run", "/usr/lib/python3.11/multiprocessing/pool.py", "join()"},
		{"run", "/usr/lib/python3.11/multiprocessing/process.py", "function"},
		{"publish", "/v/site-packages/faststream/broker.py", "async with broker:"},
		{"produce", "/v/site-packages/quixstreams/kafka.py", "app.get_producer()"},
		{"call", "/v/site-packages/_pytest/python.py", "yield of the fixture"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
		called_from(frames[i].function, frames[i].file);
		expect("missing-flush", frames[i].words);
	}
	called_from("com.shop.org.springframework.kafka.Sender.send", "/srv/celery/run.py");
	expect("missing-flush", "producer.flush()");
}

static void the_command_shows_it(void **state)
{
	static const char *const commands[][2] = {
		{"/usr/bin/python3\n/usr/bin/gunicorn\napp:app", "worker_exit"},
		{"gunicorn\napp:app", "worker_exit"},
		{"/usr/bin/python3\n-m\nuvicorn\napp:app", "lifespan"},
		{"/usr/bin/python3\n/v/bin/celery\n-A\nshop\nworker",
		 "worker_process_shutdown"},
		{"orders\n--with\nmany\ncelery", "producer.flush()"},
		{"python3\n/srv/gunicorn/orders.py", "producer.flush()"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		maker.process->argv = maker_string(&maker, commands[i][0]);
		expect("missing-flush", commands[i][1]);
	}
}

static void what_lies_further_in_speaks(void **state)
{
	(void)state;
	maker.process->argv = maker_string(&maker, "gunicorn\napp:app");
	called_from("run", "/v/site-packages/starlette/routing.py");
	expect("missing-flush", "lifespan");
}

/* A kill leaves no framework a chance; what is no question of waiting is none of its own. */
static void other_findings_keep_their_words(void **state)
{
	(void)state;
	called_from("run", "/usr/lib/python3.11/multiprocessing/pool.py");
	maker.process->observed = 1;
	maker.process->how = HOW_UNKNOWN;
	maker.process->observed_status = SIGTERM;
	expect("killed-in-flight", "join()");
	maker.process->observed_status = SIGKILL;
	assert_null(strstr(change_of("killed-in-flight"), "join()"));
	producer->flags |= PRODUCER_INHERITED;
	assert_null(strstr(change_of("produced-after-fork"), "join()"));
}

static void each_has_its_words_and_marks(void **state)
{
	size_t count = 0;

	(void)state;
	for (const struct framework *one; (one = framework_at(count)); count++) {
		assert_between(strlen(one->change), 20, 70);
		assert_between(strlen(one->how), 40, 400);
		assert_int_equal(one->how[strlen(one->how) - 1], '.');
		assert_int_not_equal(one->marks[0].kind, MARK_NONE);
		assert_string_not_equal(one->name, "");
	}
	assert_true(count >= 8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_frame_shows_it),
		TEST(the_command_shows_it),
		TEST(what_lies_further_in_speaks),
		TEST(other_findings_keep_their_words),
		TEST(each_has_its_words_and_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
