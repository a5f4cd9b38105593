/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_markup.c - a browser shows a text unchanged, and reads no markup in it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "html/markup.h"
#include "testing.h"

static struct run run;
static struct markup to;
static char *text;
static size_t bytes;

static int setup(void **state)
{
	(void)state;
	run = (struct run){0};
	to = (struct markup){&run, open_memstream(&text, &bytes)};
	return to.out ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	fclose(to.out);
	free(text);
	model_free(&run);
	return 0;
}

static const char *written(void)
{
	fflush(to.out);
	return text;
}

static void characters_of_markup_are_escaped(void **state)
{
	(void)state;
	markup_put(&to, "<b title=\"%s\">%s</b>", "\"' onclick=x", "<i>&amp;</i>%s");
	assert_string_equal(written(), "<b title=\"&quot;&#39; onclick=x\">"
				       "&lt;i&gt;&amp;amp;&lt;/i&gt;%s</b>");
}

static void what_is_not_seen_is_escaped(void **state)
{
	(void)state;
	const char *volatile unknown = NULL; /* which gcc need not warn of */

	markup_put(&to, "%s|%s", "\x1b\n\xe2\x80\xae\xff\xc3\xa9", unknown);
	assert_string_equal(written(), "\\x1b\\x0a\\u202e\\xff\xc3\xa9|?");
}

static void an_unknown_number_has_none_to_sort_by(void **state)
{
	(void)state;
	markup_number(&to, -1200, "-1,200");
	markup_number(&to, UNKNOWN, "never shown");
	assert_string_equal(written(), "<td class=\"n\" data-v=\"-1200\">-1,200</td>"
				       "<td class=\"n\">?</td>");
}

static void a_bar_is_as_long_as_its_share(void **state)
{
	(void)state;
	markup_bar_begin(&to);
	markup_bar_part(&to, "b1", 0, 250, 1000);
	markup_bar_part(&to, "b2", 250, 1, 1000); /* not nothing */
	markup_bar_part(&to, "b3", 0, 0, 1000);	  /* nothing */
	markup_bar_part(&to, "b3", 0, UNKNOWN, 1000);
	markup_bar_part(&to, "b3", 0, INT64_MAX, 1); /* no more than all */
	markup_bar_part(&to, "b3", 0, 5, 0);
	markup_bar_end(&to);
	assert_string_equal(strchr(written(), '>') + 1,
			    "<rect class=\"b1\" x=\"0\" width=\"250\" height=\"10\"/>"
			    "<rect class=\"b2\" x=\"250\" width=\"4\" height=\"10\"/>"
			    "<rect class=\"b3\" x=\"0\" width=\"1000\" height=\"10\"/></svg>");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(characters_of_markup_are_escaped),
		TEST(what_is_not_seen_is_escaped),
		TEST(an_unknown_number_has_none_to_sort_by),
		TEST(a_bar_is_as_long_as_its_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
