/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_origin.c - whose code a frame is, and the frame that a report names.
 */
#include "model/origin.h"

#include <stddef.h>
#include <string.h>

#include "testing.h"
#include "trace_maker.h"

static const struct not_mine nothing;

static void expect(struct frame frame, const char *origin)
{
	assert_string_equal(origin_name(origin_of(&frame, &nothing)), origin);
}

static void expect_file(const char *file, const char *origin)
{
	expect((struct frame){.function = "publish", .file = file, .line = 5}, origin);
}

static void expect_java(const char *function, const char *origin)
{
	expect((struct frame){.function = function, .file = "Any.java", .line = 5}, origin);
}

static void expect_module(const char *function, const char *module, const char *origin)
{
	expect((struct frame){.function = function, .module = module, .offset = 16}, origin);
}

static void where_packages_are_installed_nothing_is_the_users(void **state)
{
	(void)state;
	expect_file("/app/orders.py", "user");
	expect_file("orders.py", "user");
	expect_file("<string>", "user");
	expect_file("/app/.venv/lib/python3.12/site-packages/bus/send.py", "library");
	expect_file("/usr/lib/python3/dist-packages/bus.py", "library");
	expect_file("/usr/lib/python3.11/threading.py", "runtime");
	expect_file("/usr/local/lib/python3.11/logging/__init__.py", "runtime");
	expect_file("<frozen runpy>", "runtime");
	expect_file("/v/lib/python3.12/site-packages/celery/app/task.py", "framework");
	expect_file("/v/lib/python3.12/site-packages/confluent_kafka/serializing.py", "client");
	expect_file("/v/lib/python3.12/site-packages/kafka/producer/kafka.py", "client");
	expect_file("/srv/app/kafka/producer/orders.py", "user");
	expect_file("/root/.cargo/registry/src/index-6f17/anyhow-1.0/src/lib.rs", "library");
	expect_file("/rustc/90b35a6/library/core/src/ops/function.rs", "runtime");
	expect_file("/root/go/pkg/mod/github.com/bus/send.go", "library");
	expect_file("/app/node_modules/bus/index.js", "library");
}

static void a_packages_command_is_a_framework_a_script_the_users(void **state)
{
	(void)state;
	expect((struct frame){.function = "<module>", .file = "/usr/local/bin/gunicorn"},
	       "framework");
	expect((struct frame){.function = "<module>", .file = "/root/bin/send.py"}, "user");
	expect((struct frame){.function = "send", .file = "/usr/local/bin/send"}, "user");
}

static void packages_of_java_are_known_by_their_names(void **state)
{
	(void)state;
	expect_java("com.shop.Orders.send", "user");
	expect_java("reactors.Pump.run", "user");
	expect_java("org.springframework.kafka.core.KafkaTemplate.doSend", "framework");
	expect_java("reactor.core.publisher.Mono.subscribe", "framework");
	expect_java("io.vertx.core.impl.ContextImpl.runOnContext", "framework");
	expect_java("ch.qos.logback.core.AppenderBase.doAppend", "framework");
	expect_java("org.apache.logging.log4j.spi.AbstractLogger.info", "framework");
	expect_java("org.apache.flink.connector.kafka.sink.KafkaWriter.write", "framework");
	expect_java("org.apache.kafka.streams.KafkaStreams.start", "framework");
	expect_java("org.apache.kafka.clients.producer.KafkaProducer.send", "client");
	expect_java("java.lang.Thread.run", "runtime");
	expect_java("javaland.Trip.book", "user");
}

static void of_an_object_file_its_place_and_name_tell(void **state)
{
	(void)state;
	expect_module("main", "/opt/shop/orders", "user");
	expect_module(NULL, "/opt/shop/orders", "user");
	expect_module("rd_kafka_produce", "/opt/shop/librdkafka.so.1", "client");
	expect_module("RdKafka::ProducerImpl::produce(...)", "/opt/shop/orders", "client");
	expect_module("send", "/usr/lib/x86_64-linux-gnu/libbus.so.1", "library");
	expect_module("__libc_start_call_main", "/usr/lib/x86_64-linux-gnu/libc.so.6",
		      "runtime");
	expect_module("_PyEval_EvalFrameDefault", "/usr/bin/python3.11", "runtime");
	expect_module("node::Start", "/usr/local/bin/node", "runtime");
	expect_module("main", "/usr/local/bin/node_exporter", "user");
	expect_module(NULL, NULL, "runtime"); /* what an interpreter compiled */
}

static void a_pattern_adds_a_wrapper(void **state)
{
	const char *const patterns[] = {"acme.bus.", "*/wrap*.py", ""};
	const struct not_mine mine = {patterns, 3};
	struct frame java = {.function = "com.acme.bus.Bus.publish"};
	struct frame python = {.function = "publish", .file = "/app/lib/wrapper.py"};
	struct frame other = {.function = "orders", .file = "/app/orders.py"};

	(void)state;
	assert_int_equal(origin_of(&java, &mine), ORIGIN_FRAMEWORK);
	assert_int_equal(origin_of(&python, &mine), ORIGIN_FRAMEWORK);
	assert_int_equal(origin_of(&other, &mine), ORIGIN_USER);
	other.file = "/v/site-packages/wrapped.py"; /* also of a library's */
	assert_int_equal(origin_of(&other, &mine), ORIGIN_FRAMEWORK);
	other.file = "/v/site-packages/confluent_kafka/wrapped.py";
	assert_int_equal(origin_of(&other, &mine), ORIGIN_CLIENT);
}

/* ---- of a whole stack ---- */

static struct maker maker;

/* The file that a report names, of a stack of such files, innermost first. */
static void expect_place(const char *const *files, size_t count, const char *file)
{
	struct run run = {0};

	maker_make(&maker);
	maker_story(&maker, 10, 0);
	maker.sites[0].depth = (uint32_t)count;
	for (size_t i = 0; i < count; i++)
		maker.sites[0].frames[i] = (struct trace_frame){
			.file = maker_string(&maker, files[i]),
			.function = maker_string(&maker, "<module>"),
			.line = 7,
		};
	maker_run(&maker, &run);
	const struct call_site *site = &run.processes[0].producers[0].sites[0];

	assert_true(site->place < count);
	assert_string_equal(site->frames[site->place].file, file);
	model_free(&run);
	maker_free(&maker);
}
#define EXPECT_PLACE(file, ...)                                                                \
	do {                                                                                   \
		const char *const files[] = {__VA_ARGS__};                                     \
                                                                                               \
		expect_place(files, sizeof files / sizeof *files, file);                       \
	} while (0)

static void the_place_is_the_innermost_that_is_nearest_to_the_user(void **state)
{
	(void)state;
	EXPECT_PLACE("/app/a.py", "/app/a.py", "/app/b.py");
	EXPECT_PLACE("/app/a.py", "/v/site-packages/bus.py", "/app/a.py", "/app/b.py");
	EXPECT_PLACE("/app/a.py", "/usr/lib/python3.11/logging/handlers.py", "/app/a.py",
		     "/v/bin/gunicorn");
	/* A service that is installed as a package. */
	EXPECT_PLACE("/v/site-packages/shop/orders.py", "/v/site-packages/celery/canvas.py",
		     "/v/site-packages/shop/orders.py", "/v/bin/shop");
	/* Only frames of frameworks and of the language. */
	EXPECT_PLACE("/v/site-packages/celery/app.py", "/v/site-packages/aiokafka/p.py",
		     "/usr/lib/python3.11/threading.py", "/v/site-packages/celery/app.py");
	EXPECT_PLACE("/v/site-packages/aiokafka/p.py", "/v/site-packages/aiokafka/p.py");
}

/* Which frame is named, of functions "main.main" or files "/..."; "?" has no name. */
static void expect_frame(const char *const *names, size_t depth, size_t place)
{
	struct frame frames[16] = {0};
	struct call_site site = {.frames = frames, .depth = depth};
	struct producer producer = {.sites = &site, .site_count = 1};
	struct process process = {.producers = &producer, .producer_count = 1};
	struct run run = {.processes = &process, .process_count = 1};

	assert_true(depth <= 16);
	for (size_t i = 0; i < depth; i++) {
		frames[i].module = "/srv/shop/orders";
		if (*names[i] == '/')
			frames[i].file = names[i];
		else if (*names[i] != '?')
			frames[i].function = names[i];
	}
	origin_mark(&run);
	assert_int_equal(site.place, place);
}
#define EXPECT_FRAME(place, ...)                                                               \
	do {                                                                                   \
		const char *const names[] = {__VA_ARGS__};                                     \
                                                                                               \
		expect_frame(names, sizeof names / sizeof *names, place);                      \
	} while (0)

#define CONFLUENT "github.com/confluentinc/confluent-kafka-go/v2/kafka."

static void c_that_go_called_is_its_callers(void **state)
{
	(void)state;
	/* Confluent's own C functions, with their names and stripped. */
	EXPECT_FRAME(6, "do_produce", "_cgo_a1_Cfunc_do_produce", "runtime.asmcgocall.abi0",
		     "runtime.cgocall", CONFLUENT "_Cfunc_do_produce",
		     CONFLUENT "(*Producer).Produce", "main.send", "main.main");
	EXPECT_FRAME(6, "?", "?", "runtime.asmcgocall.abi0", "runtime.cgocall",
		     CONFLUENT "_Cfunc_do_produce", CONFLUENT "(*Producer).Produce",
		     "main.send", "main.main");
	/* The user's own C code; stripped, the Go function that called it. */
	EXPECT_FRAME(0, "shop_send", "_cgo_a1_Cfunc_shop_send", "runtime.asmcgocall",
		     "runtime.cgocall", "main.main", "runtime.main");
	EXPECT_FRAME(4, "?", "?", "runtime.asmcgocall", "runtime.cgocall", "main.main",
		     "runtime.main");
	/* C code that is not called by Go is the user's, whatever its name. */
	EXPECT_FRAME(0, "?", "main");
	/* Go that C called back. */
	EXPECT_FRAME(3, "do_produce", "runtime.asmcgocall", CONFLUENT "(*Producer).Produce",
		     "main.told", "runtime.cgocallback", "crosscall2", "poll_events",
		     "runtime.asmcgocall", CONFLUENT "(*Producer).Poll", "main.main");
	/* Where only the runtime is left. */
	EXPECT_FRAME(0, "runtime.asmcgocall");
}

static void clients_of_go_and_rust_are_known_where_they_are_built(void **state)
{
	(void)state;
	expect_file("/r/go/pkg/mod/github.com/confluentinc/confluent-kafka-go/v2@v2.11.1/kafka/"
		    "producer.go",
		    "client");
	expect_file("github.com/confluentinc/confluent-kafka-go@v1.9.2/kafka/p.go", "client");
	expect_file("/app/vendor/github.com/confluentinc/confluent-kafka-go/v2/kafka/p.go",
		    "client");
	expect_file("/app/confluent-kafka-go/examples/producer.go", "user");
	expect_file("_cgo_gotypes.go", "runtime");
	expect_file("<autogenerated>", "runtime");
	expect_file("/root/.cargo/registry/src/index-6f17/rdkafka-0.36.2/src/producer/base.rs",
		    "client");
	expect_file("/app/vendor/rdkafka-sys-4.7.0+2.3.0/src/lib.rs", "client");
	expect_file("/root/.rustup/toolchains/x/lib/rustlib/src/rust/library/std/src/rt.rs",
		    "runtime");
	expect_module("rd_kafka_produceva", "/srv/orders", "client");
	expect_module("rdkafka_sys::helpers::primitive", "/srv/orders", "client");
	expect_module("runtime/cgo.cgocall", "/srv/orders", "runtime");
	expect_module("_cgoexp_ab_goLog", "/srv/orders", "runtime");
	expect_module("main.main", "/srv/orders", "user");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_packages_are_installed_nothing_is_the_users),
		cmocka_unit_test(a_packages_command_is_a_framework_a_script_the_users),
		cmocka_unit_test(packages_of_java_are_known_by_their_names),
		cmocka_unit_test(of_an_object_file_its_place_and_name_tell),
		cmocka_unit_test(a_pattern_adds_a_wrapper),
		cmocka_unit_test(the_place_is_the_innermost_that_is_nearest_to_the_user),
		cmocka_unit_test(c_that_go_called_is_its_callers),
		cmocka_unit_test(clients_of_go_and_rust_are_known_where_they_are_built),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
