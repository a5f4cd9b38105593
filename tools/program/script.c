/* SPDX-License-Identifier: Apache-2.0 */
/*
 * script.c - which program runs a script
 *
 * Follows the first line as three readers of it do: the kernel, which passes
 * all that follows the interpreter on as one word; env(1), which takes that
 * word for a program's name unless -S tells it to split it; and execvp(), which
 * runs a text without such a line with /bin/sh.
 */
#include "program/script.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/regular.h"
#include "program/search.h"

#define KERNEL_SCRIPTS 5 /* the kernel returns ELOOP for one more */
#define ALL_SCRIPTS 20	 /* more than the kernel's limit: env(1) runs a program anew */

/* What the first line says. */
struct line {
	char bytes[512];
	char *interpreter;
	char *word; /* the rest of the line; may be empty */
};

enum kind { PROGRAM, SCRIPT, TEXT };

static char *trimmed(char *text)
{
	text += strspn(text, " \t");
	for (size_t end = strlen(text); end && strchr(" \t", text[end - 1]); end--)
		text[end - 1] = '\0';
	return text;
}

/* Whether execvp() would run the file with /bin/sh: as shells check it, it has no zero byte. A
 * damaged ELF file (0x7f) is not a text either. */
static bool is_text(const char *bytes, size_t got)
{
	return got > 0 && strlen(bytes) == got && bytes[0] != '\x7f';
}

static enum kind line_read(const char *path, struct line *line)
{
	struct stat about;
	int fd = regular_open(path, O_RDONLY, &about);
	size_t got = fd < 0 ? 0 : regular_read(fd, line->bytes, sizeof(line->bytes) - 1, 0);

	if (fd >= 0)
		close(fd);
	line->bytes[got] = '\0';
	if (got < 3 || line->bytes[0] != '#' || line->bytes[1] != '!')
		return is_text(line->bytes, got) && access(path, X_OK) == 0 ? TEXT : PROGRAM;
	line->bytes[strcspn(line->bytes, "\n")] = '\0';
	line->interpreter = trimmed(line->bytes + 2);
	line->word = line->interpreter + strcspn(line->interpreter, " \t");
	if (*line->word)
		*line->word++ = '\0';
	line->word = trimmed(line->word);
	return SCRIPT;
}

/* "-S words", "-vSwords", "--split-string=words": the words; else NULL. */
static char *words_to_split(char *word)
{
	static const char option[] = "--split-string=";

	if (strncmp(word, option, sizeof(option) - 1) == 0)
		return word + sizeof(option) - 1;
	if (word[0] != '-' || word[1] == '-')
		return NULL;
	char *letter = word + 1 + strspn(word + 1, "iv");
	return *letter == 'S' ? letter + 1 : NULL;
}

/* The first word that is neither an option nor an assignment: the program that env(1) runs. */
static char *first_program(char *words)
{
	char *rest, *word = strtok_r(words, " \t", &rest);

	while (word && (word[0] == '-' || strchr(word, '='))) {
		/* Each of these two options takes the next word. */
		if (strcmp(word, "-u") == 0 || strcmp(word, "-C") == 0)
			strtok_r(NULL, " \t", &rest);
		word = strtok_r(NULL, " \t", &rest);
	}
	return word;
}

static bool env_follow(char *word, char *path, size_t path_bytes, char *why, size_t why_bytes)
{
	char *words = words_to_split(word);
	const char *program = words ? first_program(words) : word;

	if (!program || !*program || (!words && (program[0] == '-' || strchr(program, '=')))) {
		snprintf(why, why_bytes, "asks env for no program");
		return false;
	}
	if (search_program(program, path, path_bytes))
		return true;
	snprintf(why, why_bytes, "asks env for '%s', which is not found%s", program,
		 strpbrk(program, " \t") ? ": without -S env takes that for one name" : "");
	return false;
}

static bool is_env(const char *interpreter)
{
	const char *base = strrchr(interpreter, '/');

	return strcmp(base ? base + 1 : interpreter, "env") == 0;
}

bool script_follow(char *path, size_t path_bytes, char *why, size_t why_bytes)
{
	struct line line;

	for (int all = 0, scripts = 0; all < ALL_SCRIPTS; all++) {
		enum kind kind = line_read(path, &line);

		if (kind == PROGRAM)
			return true;
		if (kind == TEXT) {
			snprintf(path, path_bytes, "/bin/sh");
			continue;
		}
		if (++scripts > KERNEL_SCRIPTS)
			break;
		if (access(line.interpreter, F_OK) != 0) {
			snprintf(why, why_bytes, "asks for '%s', which is not found",
				 line.interpreter);
			return false;
		}
		if (!is_env(line.interpreter)) {
			snprintf(path, path_bytes, "%s", line.interpreter);
			continue;
		}
		if (!env_follow(line.word, path, path_bytes, why, why_bytes))
			return false;
		scripts = 0;
	}
	snprintf(why, why_bytes, "is a script that leads to others, too many to be run");
	return false;
}
