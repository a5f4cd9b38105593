/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_page.c - how wide texts are, how they are cut, and how they are written
 * in ASCII.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/page.h"
#include "testing.h"

#define TWO "\u6f22\u5b57" /* two characters of two columns each */
#define ACCENT "e\u0301"   /* one column: the accent takes none */
#define EMOJI "\U0001f600" /* two columns */

static struct run run;
static char *printed;
static size_t printed_bytes;
static struct page page;

static int setup(void **state)
{
	(void)state;
	page = page_make(&(struct render_options){.columns = 40},
			 open_memstream(&printed, &printed_bytes));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fclose(page.out);
	free(printed);
	model_free(&run);
	return 0;
}

static void expect_printed(const char *words)
{
	fflush(page.out);
	assert_string_equal(printed, words);
}

static void wide_characters_take_two_columns(void **state)
{
	(void)state;
	assert_int_equal(page_width(&page, "plain"), 5);
	assert_int_equal(page_width(&page, TWO), 4);
	assert_int_equal(page_width(&page, ACCENT), 1);
	assert_int_equal(page_width(&page, EMOJI), 2);
	assert_int_equal(page_width(&page, "\xff"), 1);
}

static void cells_of_wide_characters_are_aligned(void **state)
{
	(void)state;
	page_cell(&page, &run, TWO, 6, false);
	page_cell(&page, &run, TWO, 6, true);
	page_cell(&page, &run, "abcdefgh", 6, false);
	page_cell(&page, &run, TWO TWO, 6, false);
	expect_printed(TWO "    " TWO "abc...\u6f22... ");
}

static void lines_are_wrapped_by_columns(void **state)
{
	(void)state;
	page.columns = 12;
	page_wrap(&page, "ab ", 3, TWO " " TWO " " TWO);
	expect_printed("ab " TWO " " TWO "\n   " TWO "\n");
}

static void a_narrower_page_is_wrapped_earlier(void **state)
{
	(void)state;
	assert_int_equal(page.columns, 40);
	assert_int_equal(page_make(&(struct render_options){0}, page.out).columns, 80);
	page_wrap(&page, "", 0, "1234567890 1234567890 1234567890 1234567890");
	expect_printed("1234567890 1234567890 1234567890\n1234567890\n");
}

static void plain_words_are_of_ascii(void **state)
{
	(void)state;
	page.plain = true;
	assert_int_equal(page_width(&page, "a\u6f22"), 7);
	page_wrap(&page, "\u6f22 ", 9, "b" EMOJI);
	page_heading(&page, ACCENT);
	expect_printed("\\u6f22   b\\U0001f600\n\ne\\u0301\n");
}

static void what_is_cut_says_so(void **state)
{
	(void)state;
	assert_string_equal(page_fit(&page, &run, "0123456789", 10), "0123456789");
	assert_string_equal(page_fit(&page, &run, "0123456789a", 10), "0123456...");
	assert_string_equal(page_fit_ends(&page, &run, "0123456789", 10), "0123456789");
	assert_string_equal(page_fit_ends(&page, &run, "0123456789a", 10), "012...789a");
	assert_string_equal(page_fit_ends(&page, &run, TWO TWO TWO, 10), "\u6f22..." TWO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(wide_characters_take_two_columns),
		TEST(cells_of_wide_characters_are_aligned),
		TEST(lines_are_wrapped_by_columns),
		TEST(a_narrower_page_is_wrapped_earlier),
		TEST(plain_words_are_of_ascii),
		TEST(what_is_cut_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
