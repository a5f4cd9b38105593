/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program_name.c - see program_name.h.
 *
 * Only the options that take the next argument as their value must be known: all others begin
 * with a dash and are skipped.
 */
#include "signature/program_name.h"

#include <string.h>

#include "signature/plain.h"

/* An interpreter: its name (without version), and its options, separated by blanks. */
static const struct interpreter {
	const char *name;
	const char *with_word; /* options that take the next word */
	const char *names;     /* options before what is run */
	const char *code;      /* options before the program's text */
} interpreters[] = {
	{"python", "-W -X --check-hash-based-pycs", "-m", "-c"},
	{"pypy", "-W -X", "-m", "-c"},
	{"java",
	 "-cp -classpath --class-path -p --module-path --add-modules --add-opens "
	 "--add-exports --add-reads --limit-modules --upgrade-module-path --patch-module",
	 "-jar -m --module", ""},
	{"node",
	 "-r --require --import --loader --experimental-loader -C --conditions --env-file", "",
	 "-e -p -pe --eval --print"},
	{"nodejs", "-r --require --import --loader", "", "-e -p -pe --eval --print"},
	{"ruby", "-I -r -C -E", "", "-e"},
	{"perl", "", "", "-e -E"},
	{"php", "-d -c -z", "-f", "-r"},
	{"dotnet", "--depsfile --runtimeconfig --additionalprobingpath", "exec", ""},
	{"bash", "-o -O --rcfile --init-file", "", "-c"},
	{"sh", "-o", "", "-c"},
	{"dash", "-o", "", "-c"},
};

/* Whether the name is the program's, without its version: python3.11 is python. */
static bool is_called(const char *program, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(program, name, length) &&
	       program[length + strspn(program + length, "0123456789.")] == '\0';
}

static const struct interpreter *interpreter_of(const char *program)
{
	for (size_t i = 0; i < sizeof interpreters / sizeof *interpreters; i++)
		if (is_called(program, interpreters[i].name))
			return &interpreters[i];
	return NULL;
}

static bool is_one_of(const char *words, const char *option)
{
	size_t length = strlen(option);

	for (const char *at = words; *at; at += strcspn(at, " "), at += *at == ' ')
		if (strcspn(at, " ") == length && !strncmp(at, option, length))
			return true;
	return false;
}

/* If several letters are in one word, the last one takes the next word: -Im NAME, -lc TEXT. */
static const char *last_letter(struct run *run, const char *option)
{
	size_t length = strlen(option);

	if (length < 3 || option[1] == '-')
		return option;
	for (size_t i = 1; i < length; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", option[i]))
			return option;
	return model_format(run, "-%c", option[length - 1]);
}

/* Java's options are words: the last letter of -verbose is no option. */
static bool has_letters(const struct interpreter *interpreter)
{
	return strcmp(interpreter->name, "java") != 0;
}

static const char *run_by(struct run *run, const struct interpreter *interpreter,
			  const struct process *process)
{
	for (size_t i = 1; i < process->argc; i++) {
		const char *word = process->argv[i];
		const char *next = i + 1 < process->argc ? process->argv[i + 1] : NULL;

		if (word[0] == '@' && !has_letters(interpreter))
			continue; /* a file with options */
		if (word[0] != '-')
			return plain_program(run, plain_base(word));
		if (!strcmp(word, "--"))
			return next ? plain_program(run, plain_base(next)) : NULL;
		if (!word[1])
			return NULL; /* the program comes from standard input */
		if (is_one_of(interpreter->with_word, word)) {
			i++;
			continue;
		}
		const char *letter = has_letters(interpreter) ? last_letter(run, word) : word;

		if (is_one_of(interpreter->names, letter))
			return next ? plain_program(run, plain_base(next)) : NULL;
		if (is_one_of(interpreter->code, letter))
			return model_format(run, "%s %s", interpreter->name, letter);
	}
	return NULL;
}

const char *program_name(struct run *run, const struct process *process)
{
	const char *path = process->exe ? process->exe : process->argc ? process->argv[0] : "";
	const char *executable = *plain_base(path) ? plain_base(path) : "?";
	const struct interpreter *interpreter = interpreter_of(executable);
	const char *name = interpreter ? run_by(run, interpreter, process) : NULL;

	if (name)
		return name;
	return interpreter ? interpreter->name : plain_program(run, executable);
}
