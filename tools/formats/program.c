/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.c - see program.h.
 */
#include "formats/program.h"

#include <stdlib.h>
#include <string.h>

/* Programs that run what their command line names. The executable's name begins with `name`,
 * and only digits and dots may follow: python3.11. */
static const struct interpreter {
	const char *name;
	const char *naming;   /* options whose value is what runs, each between spaces */
	const char *followed; /* options whose value is something else */
	const char *inlined;  /* options with the program itself: it has no name */
} interpreters[] = {
	{"python", " -m ", " -W -X --check-hash-based-pycs ", " -c "},
	{"pypy", " -m ", " -W -X ", " -c "},
	{"java", " -jar -m --module ",
	 " -cp -classpath --class-path -p --module-path --add-modules --add-exports "
	 "--add-opens "
	 "--add-reads --upgrade-module-path --enable-native-access ",
	 " "},
	{"node", " ", " -r --require --import --loader -C --conditions --env-file ",
	 " -e --eval -p --print "},
	{"ruby", " ", " -I -r -C ", " -e "},
	{"perl", " ", " ", " -e -E "},
	{"php", " -f ", " -c -d -z ", " -r "},
	{"dotnet", " exec ", " --depsfile --runtimeconfig --additionalprobingpath ", " "},
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static const struct interpreter *interpreter_of(const char *executable)
{
	for (size_t i = 0; i < sizeof interpreters / sizeof *interpreters; i++) {
		size_t length = strlen(interpreters[i].name);

		if (!strncmp(executable, interpreters[i].name, length) &&
		    !executable[length + strspn(executable + length, "0123456789.")])
			return &interpreters[i];
	}
	return NULL;
}

static bool is_among(const char *option, const char *options)
{
	size_t length = strlen(option);
	const char *at = options;

	while (length && (at = strstr(at, option))) {
		if (at[-1] == ' ' && at[length] == ' ')
			return true;
		at += length;
	}
	return false;
}

/* What the interpreter was told to run; NULL: nothing with a name. */
static const char *script_of(const struct interpreter *interpreter,
			     const struct process *process)
{
	for (size_t i = 1; i < process->argc; i++) {
		const char *word = process->argv[i];

		if (is_among(word, interpreter->naming))
			return i + 1 < process->argc ? process->argv[i + 1] : NULL;
		if (is_among(word, interpreter->inlined))
			return NULL;
		if (is_among(word, interpreter->followed))
			i++;
		else if (word[0] != '-')
			return word;
		else if (!word[1])
			return NULL; /* its standard input */
	}
	return NULL;
}

const char *program_name(const struct process *process)
{
	const char *path = process->exe	       ? process->exe
			   : process->argc > 0 ? process->argv[0]
					       : "";
	const char *executable = base_name(path);
	const struct interpreter *interpreter = interpreter_of(executable);
	const char *script = interpreter ? script_of(interpreter, process) : NULL;

	if (script && *script)
		return base_name(script);
	return *executable ? executable : "unknown";
}

bool program_counts(const struct run *run, const struct process *process)
{
	return process->judged || run->without_kafka == run->process_count;
}

static int by_name(const void *a, const void *b)
{
	const struct process *one = *(const struct process *const *)a;
	const struct process *other = *(const struct process *const *)b;
	int names = strcmp(program_name(one), program_name(other));

	if (names)
		return names;
	if (one->verdict != other->verdict)
		return one->verdict > other->verdict ? -1 : 1;
	return one < other ? -1 : one > other;
}

const struct process **program_order(struct run *run, size_t *count)
{
	const struct process **order = model_alloc(run, run->process_count * sizeof *order + 1);

	*count = 0;
	for (size_t i = 0; i < run->process_count; i++)
		if (program_counts(run, &run->processes[i]))
			order[(*count)++] = &run->processes[i];
	qsort(order, *count, sizeof *order, by_name);
	return order;
}
