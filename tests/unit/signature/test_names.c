/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_names.c - names without what changes from one build, run or machine to the next.
 */
#include <string.h>

#include "signature/plain.h"
#include "signature/program_name.h"
#include "testing.h"

#define WORDS 8

static struct run run;

static int teardown(void **state)
{
	(void)state;
	model_free(&run);
	memset(&run, 0, sizeof run);
	return 0;
}

static const struct {
	const char *name, *plain;
} functions[] = {
	{"publish", "publish"},
	{"publish.constprop.0", "publish"},
	{"publish.isra.12", "publish"},
	{"publish.part.1.cold", "publish"},
	{"publish.lto_priv.3", "publish"},
	{"shop::publish(int) [clone .isra.0]", "shop::publish(int)"},
	{"main::{lambda(int)#2}::operator()(int) const",
	 "main::{lambda(int)}::operator()(int) const"},
	{"shop::publish::h0123456789abcdef", "shop::publish"},
	{"shop::publish::h0123", "shop::publish::h0123"},
	{"shop::publish::{closure#1}", "shop::publish::{closure}"},
	{"shop::publish::{{closure}}", "shop::publish::{{closure}}"},
	{"main.publish.func1", "main.publish.func"},
	{"main.publish.func1.2.3", "main.publish.func"},
	{"main.publish.gowrap12", "main.publish.gowrap"},
	{"main.(*Bus).Send", "main.(*Bus).Send"},
	{"main.functional1", "main.functional1"},
	{"shop.Orders.lambda$main$0", "shop.Orders.lambda$main$"},
	{"shop.Orders$1.run", "shop.Orders$.run"},
	{"shop.Orders$Item.run", "shop.Orders$Item.run"},
	{"shop.Orders$$Lambda$14/0x00007f00c8.accept", "shop.Orders$$Lambda$.accept"},
	{"shop.Orders$$Lambda/0x00007f00c8.accept", "shop.Orders$$Lambda.accept"},
	{"Bus.publish.<locals>.<lambda>", "Bus.publish.<locals>.<lambda>"},
	{"utf8_to_utf16", "utf8_to_utf16"},
	{".cold", ".cold"},
	{"", ""},
};

static void of_a_function_what_its_compiler_added_is_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		assert_string_equal(plain_function(&run, functions[i].name),
				    functions[i].plain);
}

static const struct {
	const char *name, *plain;
} topics[] = {
	{"orders", "orders"},
	{"orders-2026-11-27", "orders-*-*-*"},
	{"orders.v2", "orders.v*"},
	{"o-123e4567-e89b-12d3-a456-426614174000", "o-*"},
	{"session0badcafe", "session*badcafe"}, /* inside of a word: its digits alone */
	{"session-0badcafe", "session-*"},
	{"feedbeef", "feedbeef"},
	{"decade", "decade"},
	{"<script>1</script>", "<script>*</script>"},
};

static void of_a_topic_numbers_are_stars(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
		assert_string_equal(plain_topic(&run, topics[i].name), topics[i].plain);
}

static const struct {
	const char *exe, *argv[WORDS], *name;
} programs[] = {
	{"/usr/bin/orders", {"orders", "--fast"}, "orders"},
	{"/srv/target/orders-0123456789abcdef", {"x"}, "orders-*"},
	{"/usr/bin/python3.11", {"python3", "-u", "/srv/orders.py", "12"}, "orders.py"},
	{"/usr/bin/python3.11", {"python3", "-W", "error", "orders.py"}, "orders.py"},
	{"/usr/bin/python3.11", {"python3", "-m", "shop.orders", "x"}, "shop.orders"},
	{"/usr/bin/python3.11", {"python3", "-Im", "shop.orders"}, "shop.orders"},
	{"/usr/bin/python3.11", {"python3", "-c", "import x"}, "python -c"},
	{"/usr/bin/python3.11", {"python3", "-"}, "python"},
	{"/usr/bin/python3.11", {"python3"}, "python"},
	{"/usr/bin/python3.11", {"python3", "/usr/bin/gunicorn", "app:app"}, "gunicorn"},
	{"/jvm/bin/java", {"java", "-Xmx1g", "-cp", "a.jar:b", "shop.Orders"}, "shop.Orders"},
	{"/jvm/bin/java", {"java", "-jar", "/srv/orders-1.4.2-SNAPSHOT.jar"}, "orders-*.jar"},
	{"/jvm/bin/java", {"java", "-jar", "bank-loans.jar"}, "bank-loans.jar"},
	{"/jvm/bin/java", {"java", "-verbose", "@options", "shop.Orders"}, "shop.Orders"},
	{"/jvm/bin/java", {"java", "-m", "shop/shop.Orders"}, "shop.Orders"},
	{"/usr/bin/node", {"node", "--no-warnings", "-r", "x", "a/orders.js"}, "orders.js"},
	{"/usr/bin/node", {"node", "-e", "1"}, "node -e"},
	{"/usr/bin/bash", {"bash", "-e", "run.sh"}, "run.sh"},
	{"/usr/bin/bash", {"bash", "-lc", "x"}, "bash -c"},
	{NULL, {"/opt/x/orders"}, "orders"},
	{"/usr/bin/python3", {"python3", "-X", "dev", "-m", "orders.send"}, "orders.send"},
	{"/usr/bin/python3", {"python3", "-m"}, "python"},
	{"/usr/bin/pythonic", {"pythonic", "x"}, "pythonic"},
	{"/usr/bin/perl", {"perl", "-w", "a.pl"}, "a.pl"},
	{"/usr/bin/dotnet", {"dotnet", "orders.dll"}, "orders.dll"},
	{NULL, {NULL}, "?"},
	{"/", {NULL}, "?"},
	{"", {NULL}, "?"},
};

static void a_program_is_what_its_interpreter_was_given_to_run(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		struct process process = {.exe = programs[i].exe,
					  .argv = (const char **)programs[i].argv};

		while (process.argc < WORDS && process.argv[process.argc])
			process.argc++;
		assert_string_equal(program_name(&run, &process), programs[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(of_a_function_what_its_compiler_added_is_cut,
					  teardown),
		cmocka_unit_test_teardown(of_a_topic_numbers_are_stars, teardown),
		cmocka_unit_test_teardown(a_program_is_what_its_interpreter_was_given_to_run,
					  teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
