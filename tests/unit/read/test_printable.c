/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_printable.c - which characters of a text are printed, as a table:
 * characters that control a terminal, change the direction of the text or are
 * invisible are escaped.
 */
#include "read/printable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "testing.h"

static const struct {
	const char *text, *shown;
} rows[] = {
	{"", ""},
	{"orders", "orders"},
	{"C:\\new", "C:\\new"},
	{"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\x98", NULL},
	{"\xd8\xb4\xd9\x86\xd8\xa8\xd9\x87 \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
	 NULL}, /* right to left */
	{"\x1b[2J\x1b]0;mine\x07", "\\x1b[2J\\x1b]0;mine\\x07"},
	{"one\ntwo\r\tthree\x7f", "one\\x0atwo\\x0d\\x09three\\x7f"},
	{"\xc2\x9b"
	 "31m",
	 "\\u009b31m"},					  /* CSI as one character */
	{"\xc2\x85", "\\u0085"},			  /* next line */
	{"\xe2\x80\xaetxt.exe", "\\u202etxt.exe"},	  /* right-to-left override */
	{"\xe2\x81\xa6x\xe2\x81\xa9", "\\u2066x\\u2069"}, /* isolates */
	{"\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "\\u200e\\u200f\\u061c"}, /* marks */
	{"or\xe2\x80\x8b"
	 "ders",
	 "or\\u200bders"},			 /* zero width space */
	{"\xef\xbb\xbforders", "\\ufefforders"}, /* byte order mark */
	{"or\xc2\xad"
	 "ders",
	 "or\\u00adders"},				/* soft hyphen */
	{"\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029"}, /* separators */
	{"\xf3\xa0\x81\xa1", "\\U000e0061"},		/* a tag */
	{"\xef\xbf\xbe\xef\xbf\xbf", "\\ufffe\\uffff"}, /* no characters */
	{"\xff\xc3(", "\\xff\\xc3("},			/* no UTF-8 */
	{"\xed\xa0\x80", "\\xed\\xa0\\x80"},		/* half a surrogate pair */
	{"\xc0\x9b", "\\xc0\\x9b"},			/* ESC, too long */
	{"\xf0\x9f\x90", "\\xf0\\x9f\\x90"},		/* cut off */
};

static void what_is_shown_is_a_table(void **state)
{
	struct run run = {0};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *text = rows[i].text;
		const char *expected = rows[i].shown ? rows[i].shown : text;
		char *shown = printable_text(text);

		assert_string_equal(shown, expected);
		/* The report's texts are the same. */
		assert_string_equal(model_text(&run, text, strlen(text)), expected);
		/* Once is enough. */
		char *again = printable_text(shown);

		assert_string_equal(again, shown);
		free(again);
		free(shown);
	}
	model_free(&run);
}

static size_t utf8_of(uint32_t point, char *to)
{
	if (point < 0x80)
		return (size_t)sprintf(to, "%c", (int)point);
	if (point < 0x800)
		return (size_t)sprintf(to, "%c%c", 0xc0 | point >> 6, 0x80 | (point & 63));
	if (point < 0x10000)
		return (size_t)sprintf(to, "%c%c%c", 0xe0 | point >> 12,
				       0x80 | (point >> 6 & 63), 0x80 | (point & 63));
	return (size_t)sprintf(to, "%c%c%c%c", 0xf0 | point >> 18, 0x80 | (point >> 12 & 63),
			       0x80 | (point >> 6 & 63), 0x80 | (point & 63));
}

static void every_character_is_told_from_every_other(void **state)
{
	(void)state;
	for (uint32_t point = 0; point < 0x110000; point++) {
		char text[8], escape[PRINTABLE_ESCAPE_BYTES];
		size_t bytes = utf8_of(point, text);

		if (point >= 0xd800 && point < 0xe000)
			continue;
		struct printable character = printable_at(text, bytes);

		assert_true(character.valid);
		assert_int_equal(character.bytes, bytes);
		assert_int_equal(character.point, point);
		if (!character.shown)
			assert_int_equal(
				strtoul(escape + 2 * (printable_escape(escape, character) > 0),
					NULL, 16),
				point);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_shown_is_a_table),
		cmocka_unit_test(every_character_is_told_from_every_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
