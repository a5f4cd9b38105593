/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_explain.c - every finding is explained, and every example is shown
 * completely.
 */
#include "explain/explain.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "testing.h"

static void every_finding_has_an_explanation(void **state)
{
	(void)state;
	assert_true(explanation_count() > 50);
	for (size_t i = 0; i < explanation_count(); i++) {
		const struct explanation *explanation = explanation_at(i);

		if (!explanation->comes_about || strlen(explanation->comes_about) < 40)
			fail_msg("explanations.def says nothing of %s", explanation->id);
		assert_string_equal(explanation_find(explanation->id)->id, explanation->id);
	}
}

static size_t examples_of(const struct explanation *explanation)
{
	struct wording wording;
	size_t count = 0;

	for (size_t i = 0; i < wording_count(); i++)
		if (wording_of(explanation, i, NULL, &wording) && wording.wrong) {
			assert_non_null(wording.right);
			count++;
		}
	return count;
}

static void who_names_examples_has_some(void **state)
{
	(void)state;
	for (size_t i = 0; i < explanation_count(); i++) {
		const struct explanation *explanation = explanation_at(i);

		if (*explanation->families && examples_of(explanation) == 0)
			fail_msg("%s: no example in '%s'", explanation->id,
				 explanation->families);
		if (!*explanation->families)
			assert_int_equal(examples_of(explanation), 0);
	}
}

/* Its own, and not that of a finding which it shares. */
static bool shows_code_of(const char *id, const char *folder)
{
	const struct explanation *explanation = explanation_find(id);
	struct wording wording;

	for (size_t i = 0; i < wording_count(); i++)
		if (wording_of(explanation, i, NULL, &wording) && wording.wrong &&
		    strcmp(wording.wrong->client, folder) == 0 &&
		    strcmp(wording.wrong->family, id) == 0)
			return true;
	return false;
}

/* Of those that more than a broker or a setting brings about. */
static void a_client_that_brings_it_about_has_code(void **state)
{
	static const struct {
		const char *id, *folders[16];
	} rows[] = {
		{"fenced",
		 {"c", "cpp", "confluent-kafka", "aioproducer", "aiokafka", "kafka-clients",
		  "spring", "kafka-streams", "go", "rust", "node-rdkafka", "promised"}},
		{"fatal-error",
		 {"c", "cpp", "confluent-kafka", "go", "kafka-clients", "rust", "node-rdkafka",
		  "promised"}},
		{"ended-in-send", {"kafka-python", "kafka-clients"}},
		{"linger-zero", {"sockets", "python-socket"}},
		{"connection-timed-out", {"sockets"}},
		{"send-buffer-capped", {"sockets"}},
		{"eagain-spin", {"sockets", "python-socket"}},
		{"nagle-delay", {"sockets", "python-socket"}},
		{"notsent-lowat-stall", {"sockets"}},
		{"cork-delay", {"sockets"}},
		{"send-timeout", {"sockets"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t j = 0; rows[i].folders[j]; j++)
			if (!shows_code_of(rows[i].id, rows[i].folders[j]))
				fail_msg("%s shows no code of %s", rows[i].id,
					 rows[i].folders[j]);
}

/* A sentence on what to change, or what to type, where code would show nothing. */
static void without_code_it_says_what_to_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < explanation_count(); i++) {
		const struct explanation *explanation = explanation_at(i);

		bool nothing_to_do = strncmp(explanation->change, "nothing: ", 9) == 0;

		if (!*explanation->families && !nothing_to_do &&
		    strlen(explanation->how) < 20 && strlen(explanation->commands) < 20)
			fail_msg("%s says neither in code nor in words what to do",
				 explanation->id);
	}
}

/* Some finding shows it. */
static bool is_shown(const struct example *example)
{
	struct wording wording;

	for (size_t i = 0; i < explanation_count(); i++)
		for (size_t j = 0; j < wording_count(); j++)
			if (wording_of(explanation_at(i), j, NULL, &wording) &&
			    (wording.wrong == example || wording.right == example))
				return true;
	return false;
}

static void every_example_is_shown_and_has_its_twin(void **state)
{
	(void)state;
	assert_true(example_count > 0);
	for (size_t i = 0; i < example_count; i++) {
		const struct example *example = &examples[i];
		const char *family = example->family, *client = example->client;

		if (!example_find(family, strlen(family), client, !example->right))
			fail_msg("%s/%s has no twin", family, client);
		if (!is_shown(example))
			fail_msg("%s/%s is shown by no finding", family, client);
		char *shown = example_shown(example->text, example->bytes);
		if (strlen(shown) < 60)
			fail_msg("%s/%s: hardly anything is marked", family, client);
		free(shown);
	}
}

static void assert_shown(const char *text, const char *expected)
{
	char *shown = example_shown((const unsigned char *)text, strlen(text));

	assert_string_equal(shown, expected);
	free(shown);
}

static void what_is_marked_is_shown(void **state)
{
	(void)state;
	assert_shown("a\n// --8<-- x\nb\n// --8<--\nc\n", "b\n");
	assert_shown("a\nb\n", "");
	assert_shown("", "");
	assert_shown("# --8<--\na\n# --8<--\nno\n# --8<--\nb", "a\n\nb\n");
	assert_shown("--8<--", "");
}

static void a_common_margin_is_left_out(void **state)
{
	(void)state;
	assert_shown("\t--8<--\n\ta\n\n\t\tb\n\t--8<--\n\t\tno\n", "a\n\n\tb\n");
	assert_shown("--8<--\n  a\n b\n--8<--\n  --8<--\n    c\n", " a\nb\n\nc\n");
	/* A margin is that of its own part. */
	assert_shown("--8<--\n    a\n--8<--\nno\n--8<--\nb\n", "a\n\nb\n");
}

static void near_names_are_found_and_far_ones_are_not(void **state)
{
	const char *ids[3];

	(void)state;
	assert_int_equal(explanation_nearest("mising-flsh", ids, 3), 1);
	assert_string_equal(ids[0], "missing-flush");
	assert_int_equal(explanation_nearest("fenzed", ids, 3), 1);
	assert_string_equal(ids[0], "fenced");
	assert_int_equal(explanation_nearest("flush", ids, 3), 3);
	assert_int_equal(explanation_nearest("", ids, 3), 0);
	assert_int_equal(explanation_nearest("something else altogether", ids, 3), 0);
	char longest[4096];
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	assert_int_equal(explanation_nearest(longest, ids, 3), 0);
	assert_null(explanation_find("flush"));
	assert_null(explanation_find(""));
}

static char *printed(const char *id, const char *language, bool json)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	(json ? explain_json : explain_text)(explanation_find(id),
					     &(struct audience){language, NULL}, out);
	fclose(out);
	return text;
}

static void a_language_alone_is_shown(void **state)
{
	char *all = printed("missing-flush", NULL, false);
	char *one = printed("missing-flush", "python", false);

	(void)state;
	assert_non_null(strstr(all, "rd_kafka_flush(rk, 60000)"));
	assert_non_null(strstr(all, "\nPython, kafka-python\n"));
	assert_null(strstr(one, "rd_kafka_flush"));
	assert_non_null(strstr(one, "\nPython, confluent-kafka\n"));
	assert_non_null(strstr(one, "\nPython, kafka-python\n"));
	assert_non_null(strstr(one, "left = producer.flush()"));
	free(all);
	free(one);
}

/* What no language says otherwise is said in every language. */
static void a_setting_is_no_matter_of_language(void **state)
{
	char *text = printed("send-buffer-capped", "go", false);

	(void)state;
	assert_non_null(strstr(text, "net.core.wmem_max"));
	assert_null(strstr(text, "wrong:"));
	free(text);
}

static void every_explanation_is_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < explanation_count(); i++) {
		char *text = printed(explanation_at(i)->id, NULL, true);
		json_error_t error;
		json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, &error);

		if (!object)
			fail_msg("%s: %s", explanation_at(i)->id, error.text);
		assert_string_equal(json_string_value(json_object_get(object, "schema")),
				    "unflushed.explain/1");
		assert_string_equal(json_string_value(json_object_get(object, "finding")),
				    explanation_at(i)->id);
		json_decref(object);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_finding_has_an_explanation),
		cmocka_unit_test(who_names_examples_has_some),
		cmocka_unit_test(a_client_that_brings_it_about_has_code),
		cmocka_unit_test(without_code_it_says_what_to_do),
		cmocka_unit_test(every_example_is_shown_and_has_its_twin),
		cmocka_unit_test(what_is_marked_is_shown),
		cmocka_unit_test(a_common_margin_is_left_out),
		cmocka_unit_test(near_names_are_found_and_far_ones_are_not),
		cmocka_unit_test(a_language_alone_is_shown),
		cmocka_unit_test(a_setting_is_no_matter_of_language),
		cmocka_unit_test(every_explanation_is_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
