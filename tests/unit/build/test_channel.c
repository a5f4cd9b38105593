/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_channel.c - whether something may lie in Go's ProduceChannel(), by what the program's
 * own table of functions has.
 *
 * The client is written here: a package of the same last name, with functions of those names.
 */
#include <stdio.h>
#include <stdlib.h>

#include "model/model.h"
#include "scratch.h"
#include "testing.h"
#include "trace_maker.h"

static const char client[] =
	"package kafka\n"
	"type Producer struct { c chan int }\n"
	"//go:noinline\n"
	"func NewProducer() *Producer { return &Producer{make(chan int, 1)} }\n"
	"//go:noinline\n"
	"func (p *Producer) Produce(n int) { println(n) }\n"
	"func (p *Producer) ProduceChannel() chan int { return p.c }\n";
static const char program[] = "package main\n"
			      "import \"local/kafka\"\n"
			      "func main() { p := kafka.NewProducer(); p.Produce(1)%s }\n";

static int build(void **state)
{
	char text[512];

	if (scratch_make(state) != 0)
		return -1;
	if (system("command -v go >/dev/null") != 0)
		return 0;
	scratch_shell("mkdir kafka both one && echo 'module local' > go.mod");
	scratch_write("kafka/kafka.go", client);
	snprintf(text, sizeof text, program, "");
	scratch_write("one/main.go", text);
	snprintf(text, sizeof text, program, "; p.ProduceChannel() <- 2");
	scratch_write("both/main.go", text);
	for (int i = 0; i < 2; i++)
		scratch_shell("GOFLAGS=-mod=mod CGO_ENABLED=0 go build -o %s.bin ./%s",
			      i ? "both" : "one", i ? "both" : "one");
	return 0;
}

/* All of its messages came from calls of Produce(). */
static enum channel channel_in(const char *name)
{
	struct maker maker;
	struct run run;

	maker_make(&maker);
	struct trace_producer *producer = maker_story(&maker, 10, 10);

	maker.process->exe = maker_string(&maker, scratch_path(name));
	maker_producer_more(&maker, producer)->binding = BINDING_GO;
	maker.sites[0].language = LANGUAGE_C;
	maker.sites[0].frames[0].function =
		maker_string(&maker, "local/kafka.(*Producer).Produce");
	maker_run(&maker, &run);
	enum channel channel = run.processes[0].producers[0].channel;

	model_free(&run);
	maker_free(&maker);
	return channel;
}

/* The one that it put there before it ended never came to the client, and has no call site. */
static void who_calls_produce_may_use_the_channel_as_well(void **state)
{
	(void)state;
	if (system("command -v go >/dev/null") != 0) {
		print_message("SKIPPED: no go here (package golang-go): programs that have "
			      "ProduceChannel() are not tested\n");
		skip();
	}
	assert_int_equal(channel_in("both.bin"), CHANNEL_POSSIBLE);
	assert_int_equal(channel_in("one.bin"), CHANNEL_NONE);
}

static void whose_file_is_gone_called_produce_alone(void **state)
{
	(void)state;
	assert_int_equal(channel_in("gone.bin"), CHANNEL_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_calls_produce_may_use_the_channel_as_well),
		cmocka_unit_test(whose_file_is_gone_called_produce_alone),
	};

	return cmocka_run_group_tests(tests, build, scratch_remove);
}
