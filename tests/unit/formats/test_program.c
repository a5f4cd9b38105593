/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_program.c - a program has one name, however it was started.
 */
#include "formats/program.h"

#include <string.h>

#include "testing.h"

#define WORDS 6

static void a_program_is_named_by_what_runs(void **state)
{
	static const struct {
		const char *exe;
		const char *argv[WORDS];
		const char *name;
	} rows[] = {
		{"/usr/bin/orders", {"./orders", "-x"}, "orders"},
		{"/usr/bin/python3.11", {"python3", "/app/main.py", "-m"}, "main.py"},
		{"/usr/bin/python3", {"python3", "-u", "-W", "error", "main.py"}, "main.py"},
		{"/usr/bin/python3",
		 {"python3", "-X", "dev", "-m", "orders.send"},
		 "orders.send"},
		{"/usr/bin/python3", {"python3", "-c", "print(1)"}, "python3"},
		{"/usr/bin/python3", {"python3", "-", "x.py"}, "python3"},
		{"/usr/bin/python3", {"python3"}, "python3"},
		{"/usr/bin/python3", {"python3", "-m"}, "python3"},
		{"/usr/bin/pythonic", {"pythonic", "x"}, "pythonic"},
		{"/opt/jdk/bin/java",
		 {"java", "-Xmx1g", "-jar", "/app/app.jar", "x"},
		 "app.jar"},
		{"/opt/jdk/bin/java",
		 {"java", "-cp", "a.jar:b", "com.example.Main", "y"},
		 "com.example.Main"},
		{"/usr/bin/node", {"node", "--require", "x", "/srv/index.js"}, "index.js"},
		{"/usr/bin/node", {"node", "-e", "1"}, "node"},
		{"/usr/bin/perl", {"perl", "-w", "a.pl"}, "a.pl"},
		{NULL, {"/bin/orders"}, "orders"},
		{NULL, {NULL}, "unknown"},
		{"/", {NULL}, "/"},
		{"", {NULL}, "unknown"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *argv[WORDS];
		struct process process = {.exe = rows[i].exe, .argv = argv};

		while (process.argc < WORDS && rows[i].argv[process.argc]) {
			argv[process.argc] = rows[i].argv[process.argc];
			process.argc++;
		}
		assert_string_equal(program_name(&process), rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_is_named_by_what_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
