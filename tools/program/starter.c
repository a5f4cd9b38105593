/* SPDX-License-Identifier: Apache-2.0 */
/*
 * starter.c - programs whose purpose is to start another one
 *
 * The program that they start inherits the shim, so that program is the one to
 * look at. To add one: a row. Its options are listed by name, because some take
 * the next word; if an option is not listed, nothing is said about the words
 * behind it.
 */
#include "program/starter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"

static const struct starter {
	const char *name;
	const char *alone;	/* letters of options without a word, */
	const char *with_words; /* letters of options that take a word */
	int operands;		/* words before the program's name */
	bool assigns;		/* NAME=VALUE before it */
} starters[] = {
	{"env", "i0v", "uC", 0, true},
	{"exec", "cl", "a", 0, false},
	{"nice", "", "n", 0, false},
	{"nohup", "", "", 0, false},
	{"setsid", "cfw", "", 0, false},
	{"stdbuf", "", "ioe", 0, false},
	{"time", "apqv", "fo", 0, false},
	{"timeout", "fpv", "ks", 1, false},
	{"taskset", "a", "", 1, false},
	{"ionice", "t", "cn", 0, false},
	{"setarch", "RLXZBFIST3", "", 0, false},
};

static const char *const shells[] = {"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "fish"};

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_shell(const char *path)
{
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		if (strcmp(base_of(path), shells[i]) == 0)
			return true;
	return false;
}

bool starter_is_shell(const struct elffile *elf)
{
	return is_shell(elf->path);
}

static const struct starter *starter_find(const char *path)
{
	for (size_t i = 0; i < sizeof(starters) / sizeof(starters[0]); i++)
		if (strcmp(base_of(path), starters[i].name) == 0)
			return &starters[i];
	return NULL;
}

/* Returns what follows one option and its word; NULL: the option is not known. */
static char *const *option_pass(const struct starter *starter, char *const *at)
{
	const char *letter = *at + 1;

	if (*letter == '-') /* a long option has its word behind '=' */
		return strchr(letter, '=') ? at + 1 : NULL;
	while (*letter && strchr(starter->alone, *letter))
		letter++;
	if (!*letter)
		return at + 1;
	if (!strchr(starter->with_words, *letter))
		return NULL;
	return letter[1] ? at + 1 : at[1] ? at + 2 : NULL;
}

char *const *starter_passes_on(char *const *argv)
{
	const struct starter *starter = starter_find(argv[0]);
	char *const *at = argv + 1;

	if (!starter)
		return NULL;
	while (at && *at && (*at)[0] == '-' && strcmp(*at, "--") != 0)
		at = option_pass(starter, at);
	if (at && *at && strcmp(*at, "--") == 0)
		at++;
	while (at && *at && starter->assigns && strchr(*at, '='))
		at++;
	for (int i = 0; at && *at && i < starter->operands; i++)
		at++;
	return at && *at ? at : NULL;
}

char *starter_shell_command(char *const *argv)
{
	if (!is_shell(argv[0]) || !argv[1] || strcmp(argv[1], "-c") != 0 || !argv[2])
		return NULL;
	const char *words = argv[2] + strspn(argv[2], " \t");
	if (strncmp(words, "exec ", 5) == 0)
		words += 5 + strspn(words + 5, " \t");
	size_t length = strcspn(words, " \t");
	/* Characters with a meaning for the shell: it may start more programs, or another
	 * one. */
	if (length == 0 || strpbrk(words, "|&;<>()$`\\\"'*?[#~!{\n") ||
	    memchr(words, '=', length))
		return NULL;
	char *program = memory_text(words);
	program[length] = '\0';
	return program;
}
