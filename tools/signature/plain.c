/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plain.c - see plain.h.
 *
 * No regular expressions are used: a pattern would need "not inside a longer
 * word" at both ends, which POSIX regular expressions cannot express.
 */
#include "signature/plain.h"

#include <ctype.h>
#include <string.h>

#define HEX_LEAST 8 /* fewer digits may be a word, as "feed" or "added" */
#define RUST_HASH 16

const char *plain_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A copy that is written from left to right, and is never longer than the original. */
struct cut {
	char *text;
	size_t length;
};

static struct cut cut_begin(struct run *run, const char *name)
{
	return (struct cut){.text = model_alloc(run, strlen(name) + 1)};
}

static void cut_keep(struct cut *cut, const char *from, size_t bytes)
{
	memcpy(cut->text + cut->length, from, bytes);
	cut->length += bytes;
}

static bool is_word(char letter)
{
	return isalnum((unsigned char)letter) != 0;
}

/* ---- uuids, hexadecimal numbers, numbers ---- */

/* The length of a uuid at `at`; 0: there is none. */
static size_t uuid_length(const char *at)
{
	static const size_t groups[] = {8, 4, 4, 4, 12};
	size_t length = 0;

	for (size_t i = 0; i < 5; i++) {
		if (strspn(at + length, "0123456789abcdefABCDEF") != groups[i])
			return 0;
		length += groups[i];
		if (i < 4 && at[length++] != '-')
			return 0;
	}
	return is_word(at[length]) ? 0 : length;
}

/* The length of a word of hexadecimal digits; 0: it is something else, or so short that it may
 * be a name. */
static size_t hex_length(const char *at)
{
	size_t length = strspn(at, "0123456789abcdefABCDEF");
	bool number = false;

	for (size_t i = 0; i < length; i++)
		number |= isdigit((unsigned char)at[i]) != 0;
	return number && length >= HEX_LEAST && !is_word(at[length]) ? length : 0;
}

static size_t varying_length(const char *name, const char *at, bool digits)
{
	bool begins = at == name || !is_word(at[-1]);
	size_t length = begins ? uuid_length(at) : 0;

	if (!length && begins)
		length = hex_length(at);
	if (!length && digits)
		length = strspn(at, "0123456789");
	return length;
}

static const char *starred(struct run *run, const char *name, bool digits)
{
	struct cut cut = cut_begin(run, name);

	for (const char *at = name; *at;) {
		size_t length = varying_length(name, at, digits);

		cut_keep(&cut, length ? "*" : at, 1);
		at += length ? length : 1;
	}
	return cut.text;
}

const char *plain_topic(struct run *run, const char *name)
{
	return starred(run, name, true);
}

/* orders-1.4.2-SNAPSHOT.jar: cuts from the first dash that is followed by a digit. */
static const char *without_version(struct run *run, const char *name)
{
	size_t length = strlen(name);
	const char *end = name + length - strlen(".jar");

	if (length <= strlen(".jar") || strcmp(end, ".jar") != 0)
		return name;
	for (const char *at = strchr(name, '-'); at && at < end; at = strchr(at + 1, '-'))
		if (isdigit((unsigned char)at[1]))
			return model_format(run, "%.*s-*.jar", (int)(at - name), name);
	return name;
}

const char *plain_program(struct run *run, const char *name)
{
	return without_version(run, starred(run, name, false));
}

/* ---- functions ---- */

/* Suffixes that a compiler adds to a function's name for a copy or a part of it. */
static const char *const copies[] = {".isra.",	   ".constprop.", ".part.",	 ".cold",
				     ".lto_priv.", ".llvm.",	  ".localalias", " [clone "};

static size_t without_copies(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
		const char *at = strstr(name, copies[i]);

		if (at && at != name && (size_t)(at - name) < length)
			length = (size_t)(at - name);
	}
	return length;
}

/* The length without ::h and sixteen digits at the end of a Rust name. */
static size_t without_hash(const char *name, size_t length)
{
	const char *at = name + length - RUST_HASH - strlen("::h");

	if (length <= RUST_HASH + strlen("::h") || strncmp(at, "::h", 3) != 0)
		return length;
	return strspn(at + 3, "0123456789abcdef") >= RUST_HASH ? (size_t)(at - name) : length;
}

/* The length of the number behind `#`, `$`, `.func` or `gowrap` at `at`; 0: there is none. */
static size_t number_behind(const char *at, const char *mark)
{
	size_t length = strlen(mark), digits;

	if (strncmp(at, mark, length) != 0)
		return 0;
	digits = strspn(at + length, "0123456789");
	return digits && !is_word(at[length + digits]) && at[length + digits] != '_' ? digits
										     : 0;
}

/* Go numbers anonymous functions inside anonymous functions: .func1.2.3 */
static size_t go_numbers(const char *at)
{
	size_t length = 0, digits;

	while (at[length] == '.' && (digits = strspn(at + length + 1, "0123456789")) > 0)
		length += 1 + digits;
	return length;
}

/* The length of /0x and the address of a class that was made at run time. */
static size_t address_length(const char *at)
{
	return strncmp(at, "/0x", 3) ? 0 : 3 + strspn(at + 3, "0123456789abcdef");
}

/* How many bytes at `at` to leave out, behind the first `*kept`. */
static size_t number_length(const char *at, size_t *kept)
{
	static const char *const marks[] = {"#", "$", ".func", ".gowrap", ".deferwrap"};

	*kept = 0;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t digits = number_behind(at, marks[i]);

		if (!digits)
			continue;
		/* The sign is left out, too: {lambda()#2} becomes {lambda()}. */
		if (*marks[i] == '#')
			return 1 + digits;
		*kept = strlen(marks[i]);
		return digits + (*marks[i] == '.' ? go_numbers(at + *kept + digits) : 0);
	}
	return address_length(at);
}

const char *plain_function(struct run *run, const char *name)
{
	struct cut cut = cut_begin(run, name);
	size_t length = without_hash(name, without_copies(name));

	for (const char *at = name; at < name + length;) {
		size_t kept, left_out = number_length(at, &kept);

		if (!left_out)
			kept = 1;
		cut_keep(&cut, at, kept);
		at += kept + left_out;
	}
	return cut.text;
}
