/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_policy.c - what a policy accepts, and what it does not, as in a CI job.
 *
 * The host loses all of its messages (the broker is too far away), unless a row
 * says otherwise.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static struct broker *far_broker;
static char *folder;

static char *policy_write(const char *text)
{
	char *path = scratch_name(".toml");
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return path;
}

static struct ended guarded(const char *options, const char *policy)
{
	return tool_run("run --check %s --policy %s -- " PATH_HOSTS "/forgets_flush %s 10",
			options, policy, broker_address(far_broker));
}

#define KNOWN "[[known]]\nreason = 'ticket 7'\n"

static const struct row {
	const char *policy, *options;
	int code;
	const char *says, *says_not;
} rows[] = {
	{"", "", 80, "LOST ", "KNOWN"},
	{"[verdicts]\nlost = 'warn'\n", "", 0, "lost only warns", "CLEAN"},
	{"[verdicts]\nlost = 'ignore'\n", "", 0, "LOST ", "CLEAN"},
	{"[allow]\nmessages = 10\n", "", 0, "no more than the 10", "CLEAN"},
	{"[allow]\nmessages = 9\n", "", 80, "LOST ", "allowed"},
	{KNOWN "finding = 'missing-flush'\n", "", 0, "KNOWN    all 10 messages", "LOST "},
	{KNOWN "finding = 'missing-flush'\n", "--strict", 0, "known  ticket 7 (", "LOST "},
	{KNOWN "program = 'forgets_*'\n", "", 0, "KNOWN: ticket 7 (", "CLEAN"},
	{KNOWN "frame = 'send_order'\n", "", 0, "KNOWN: ticket 7 (", "CLEAN"},
	{KNOWN "topic = 'stor*'\n", "", 0, "KNOWN: ticket 7 (", "CLEAN"},
	{KNOWN "topic = 'audits'\n", "", 80, ":1:1: this known case matches nothing", "KNOWN"},
	{KNOWN "finding = 'missing-flush'\nmessages = 9\n", "", 80, "up to 10 messages",
	 "KNOWN"},
	{KNOWN "finding = 'missing-flush'\nuntil = 2020-01-31\n", "", 80, "ended on 2020-01-31",
	 "KNOWN"},
	{"[verdicts]\nlost = 'warn'\n" KNOWN "topic = 'audits'\n", "--strict", 2,
	 "matches nothing", "CLEAN"},
	{"[programs]\nignore = ['forgets_flush']\n", "", 83, "does not matter", "CLEAN"},
	{"[verdicts]\nlosd = 'fail'\n", "", 2, ".toml:2:1: there is no key 'losd'", "LOST "},
	{"[verdicts\n", "", 2, ".toml:1:", "LOST "},
	{"", "--fail-on lost", 2, "cannot both decide", "LOST "},
};

static void each_policy_is_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *policy = policy_write(rows[i].policy);
		struct ended ended = guarded(rows[i].options, policy);

		if (exit_code(&ended) != rows[i].code || !strstr(ended.err, rows[i].says) ||
		    strstr(ended.err, rows[i].says_not))
			fail_msg("%s%s: %d\n%s", rows[i].policy, rows[i].options,
				 exit_code(&ended), ended.err);
		ended_free(&ended);
		free(policy);
	}
}

/* What a report names can be pasted into a policy. */
static void a_signature_of_a_report_is_known_by_its_digits(void **state)
{
	char text[200];
	char *policy = policy_write("");
	struct ended ended = guarded("", policy);
	const char *at = strstr(ended.err, "signature ");

	(void)state;
	assert_non_null(at);
	snprintf(text, sizeof(text), KNOWN "signature = '%.12s'\n", at + strlen("signature "));
	free(policy);
	ended_free(&ended);
	policy = policy_write(text);
	ended = guarded("", policy);
	assert_int_equal(exit_code(&ended), 0);
	assert_non_null(strstr(ended.err, "KNOWN "));
	ended_free(&ended);
	free(policy);
}

static void reasons_give(const char *path)
{
	char *command = NULL;

	assert_true(asprintf(&command, "sed -i 's/^# reason/reason/' '%s'", path) > 0);
	assert_int_equal(system(command), 0);
	free(command);
}

/* Pasted, and given a reason, it knows all; without one it is refused. */
static void what_is_written_to_be_pasted_is_a_policy(void **state)
{
	char *written = scratch_name(".toml"), *policy = policy_write("");
	struct ended ended =
		tool_run("run --check --write-known %s -- " PATH_HOSTS "/forgets_flush %s 10",
			 written, broker_address(far_broker));

	(void)state;
	assert_int_equal(exit_code(&ended), 80);
	assert_non_null(strstr(ended.err, "LOST "));
	ended_free(&ended);
	ended = guarded("", written);
	assert_int_equal(exit_code(&ended), 2);
	assert_non_null(strstr(ended.err, "lacks its 'reason'"));
	ended_free(&ended);
	reasons_give(written);
	ended = guarded("", written);
	assert_int_equal(exit_code(&ended), 0);
	assert_non_null(strstr(ended.err, "KNOWN "));
	ended_free(&ended);
	free(written);
	free(policy);
}

/* It is found in the folder; but not every file of that name is obeyed. */
static void one_that_is_found_must_be_ones_own(void **state)
{
	static const struct {
		const char *mode;
		int code;
		const char *says;
	} files[] = {{"644", 0, "lost only warns"}, {"666", 2, "may be another user's"}};
	char *place = scratch_name("-found"), *command = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		assert_true(
			asprintf(&command,
				 "mkdir -p '%s/below' && cd '%s' && "
				 "printf '[verdicts]\\nlost = \"warn\"\\n' > unflushed.toml && "
				 "chmod %s unflushed.toml && cd below && " PATH_TOOL
				 " run --check -- " PATH_HOSTS "/forgets_flush %s 10 "
				 "2> ../said",
				 place, place, files[i].mode, broker_address(far_broker)) > 0);
		int status = system(command);

		assert_int_equal(WEXITSTATUS(status), files[i].code);
		free(command);
		assert_true(asprintf(&command, "grep -q \"%s\" '%s/said'", files[i].says,
				     place) > 0);
		assert_int_equal(system(command), 0);
		free(command);
	}
	free(place);
}

/* One process lost its messages, which is ignored; another was lucky, which is known. */
static void what_is_ignored_is_not_shown_as_known(void **state)
{
	char *both = scratch_name("-both");
	char *policy =
		policy_write("[verdicts]\nlost = 'ignore'\n" KNOWN "finding = 'racy-exit'\n");
	struct broker *broker = broker_start();
	struct ended ended = tool_run("run -q --dir %s -- " PATH_HOSTS "/forgets_flush %s 10",
				      both, broker_address(far_broker));

	(void)state;
	ended_free(&ended);
	ended = tool_run("run -q --dir %s -- " PATH_HOSTS "/arrives_unwaited %s", both,
			 broker_address(broker));
	ended_free(&ended);
	ended = tool_run("check --policy %s %s", policy, both);
	assert_int_equal(exit_code(&ended), 0);
	assert_non_null(strstr(ended.err, "KNOWN: ticket 7"));
	assert_memory_equal(ended.out, "LOST ", 5);
	ended_free(&ended);
	broker_stop(broker);
	free(policy);
	free(both);
}

/* The traces of one run, in every format that CI reads. */
static void check_asks_it_too_and_every_face_shows_what_is_known(void **state)
{
	static const struct {
		const char *format, *says;
	} faces[] = {
		{"text", "KNOWN "},
		{"json", "\"known\": \"ticket 7 ("},
		{"jsonl", "\"known\":"},
		{"junit", "known: ticket 7 ("},
		{"github", "title=known%3A lost%3A missing-flush"},
		{"gitlab", "\"known: lost: "},
	};
	char *policy = policy_write(KNOWN "finding = 'missing-flush'\n");
	struct ended ended =
		tool_run("run --quiet --dir %s -- " PATH_HOSTS "/forgets_flush %s 10", folder,
			 broker_address(far_broker));

	(void)state;
	ended_free(&ended);
	for (size_t i = 0; i < sizeof(faces) / sizeof(*faces); i++) {
		ended = tool_run("check --policy %s -f %s %s", policy, faces[i].format, folder);
		assert_int_equal(exit_code(&ended), 0);
		if (!strstr(ended.out, faces[i].says))
			fail_msg("%s: %s", faces[i].format, ended.out);
		ended_free(&ended);
	}
	ended = tool_run("check %s", folder);
	assert_int_equal(exit_code(&ended), 80);
	ended_free(&ended);
	free(policy);
}

/* A producer in Python whose line that produces ends with these words. */
static struct ended with_comment(const char *words)
{
	char *script = scratch_name(".py");
	FILE *file = fopen(script, "we");

	assert_non_null(file);
	fprintf(file,
		"import os, sys, time\n"
		"from confluent_kafka import Producer\n"
		"producer = Producer({'bootstrap.servers': sys.argv[1]})\n"
		"for i in range(10):\n"
		"    producer.produce('stories', b'order')  # %s\n"
		"time.sleep(0.3)  # else it may end in the middle of the client's first send\n"
		"os._exit(0)\n",
		words);
	fclose(file);
	struct ended ended = tool_run("run --check -- /usr/bin/python3 %s %s", script,
				      broker_address(far_broker));

	free(script);
	return ended;
}

static void a_comment_on_the_line_is_enough(void **state)
{
	(void)state;
	if (system("/usr/bin/python3 -c 'import confluent_kafka' 2>/dev/null") != 0)
		skip_because("/usr/bin/python3 has no confluent_kafka");
	struct ended ended = with_comment("unflushed: ignore[waiting] a demo");

	assert_int_equal(exit_code(&ended), 0);
	assert_non_null(strstr(ended.err, "KNOWN    all 10 messages"));
	assert_non_null(strstr(ended.err, "a demo (/"));
	ended_free(&ended);
	ended = with_comment("unflushed: ignore[waiting]");
	assert_int_equal(exit_code(&ended), 80);
	assert_non_null(strstr(ended.err, "lacks its reason"));
	ended_free(&ended);
	ended = with_comment("unflushed: ignore[purged] another");
	assert_int_equal(exit_code(&ended), 80);
	ended_free(&ended);
}

/* JUnit's cases fail where the exit status does, and nowhere else. */
static void junit_fails_as_the_policy_does(void **state)
{
	static const struct {
		const char *policy, *host;
		int code;
		const char *counts;
	} ruled[] = {
		{"", "forgets_flush", 80, "failures=\"1\" errors=\"0\" skipped=\"0\""},
		{"[verdicts]\nlost = 'warn'\n", "forgets_flush", 0,
		 "failures=\"0\" errors=\"0\" skipped=\"0\""},
		{"[allow]\nmessages = 10\n", "forgets_flush", 0,
		 "failures=\"0\" errors=\"0\" skipped=\"0\""},
		{"[allow]\nmessages = 9\n", "forgets_flush", 80,
		 "failures=\"1\" errors=\"0\" skipped=\"0\""},
		{KNOWN "finding = 'missing-flush'\n", "forgets_flush", 0,
		 "failures=\"0\" errors=\"0\" skipped=\"1\""},
		{"[verdicts]\nblind = 'warn'\n[programs]\nignore = ['forgets_*']\n",
		 "forgets_flush", 0, "failures=\"0\" errors=\"0\" skipped=\"1\""},
		{"", "no_kafka", 83, "failures=\"0\" errors=\"1\""},
		{"[verdicts]\nno_kafka = 'warn'\n", "no_kafka", 0,
		 "failures=\"0\" errors=\"0\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ruled) / sizeof(*ruled); i++) {
		char *policy = policy_write(ruled[i].policy), *report = scratch_name(".xml");
		struct ended ended = tool_run(
			"run -q --check --policy %s -f junit:%s -- " PATH_HOSTS "/%s %s 10",
			policy, report, ruled[i].host, broker_address(far_broker));
		char *xml = file_read(report);

		if (exit_code(&ended) != ruled[i].code || !strstr(xml, ruled[i].counts))
			fail_msg("%s: %d, %.300s", ruled[i].policy, exit_code(&ended), xml);
		free(xml);
		ended_free(&ended);
		free(policy);
		free(report);
	}
}

/* All arrives in the end; whether the errors matter is for the policy. */
static void broker_errors_fail_where_the_policy_says_so(void **state)
{
	static const struct {
		const char *policy;
		int code;
		const char *says, *counts;
	} ruled[] = {
		{"", 0, "CLEAN ", "errors=\"0\""},
		{"[brokers]\nerrors = 'warn'\n", 0,
		 "brokers answered 1 process with errors: that only warns", "errors=\"0\""},
		{"[brokers]\nerrors = 'fail'\n", 85,
		 "brokers answered 1 process with errors: that fails",
		 "failures=\"1\" errors=\"0\" skipped=\"0\""},
		{"[brokers]\nerrors = 'fail'\n[programs]\nignore = ['flushes']\n"
		 "[verdicts]\nblind = 'ignore'\n",
		 0, "1 process does not matter", "errors=\"0\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ruled) / sizeof(*ruled); i++) {
		char *policy = policy_write(ruled[i].policy), *report = scratch_name(".xml");
		struct fake *fake = fake_start("--error 6:5 --partitions 1");
		struct ended ended =
			tool_run("run --check --policy %s -f text -f junit:%s -- " PATH_HOSTS
				 "/flushes %s 10",
				 policy, report, fake_address(fake));
		char *xml = file_read(report);

		if (exit_code(&ended) != ruled[i].code || !strstr(ended.err, ruled[i].says) ||
		    !strstr(xml, ruled[i].counts))
			fail_msg("%s: %d, %s, %.300s", ruled[i].policy, exit_code(&ended),
				 ended.err, xml);
		json_decref(fake_stop(fake));
		free(xml);
		ended_free(&ended);
		free(policy);
		free(report);
	}
}

/* The same again is no news, however much of it; another fault is. */
static void of_a_baseline_only_what_is_new_or_more_fails(void **state)
{
	static const struct {
		const char *host; /* and its count of messages */
		int code;
		const char *says;
	} hosts[] = {
		{"forgets_flush %s 10", 0, "KNOWN "},
		{"forgets_flush %s 20", 0, "KNOWN "},		       /* as many of 1,000 */
		{"destroys_without_flush %s 10", 80, "0 of 1 faults"}, /* another program */
	};
	char *baseline = scratch_name(".json"), *empty = policy_write("{\n\"a\": }"),
	     command[300];
	struct ended ended = tool_run("run -q -f json:%s -- " PATH_HOSTS "/forgets_flush %s 10",
				      baseline, broker_address(far_broker));

	(void)state;
	ended_free(&ended);
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		snprintf(command, sizeof(command), hosts[i].host, broker_address(far_broker));
		ended = tool_run("run --check --baseline %s -- " PATH_HOSTS "/%s", baseline,
				 command);
		if (exit_code(&ended) != hosts[i].code || !strstr(ended.err, hosts[i].says))
			fail_msg("%s: %d, %s", command, exit_code(&ended), ended.err);
		ended_free(&ended);
	}
	ended = tool_run("run --check --baseline %s -- true", empty);
	assert_int_equal(exit_code(&ended), 2);
	assert_non_null(strstr(ended.err, "line 2, column "));
	ended_free(&ended);
	free(baseline);
	free(empty);
}

static int prepare(void **state)
{
	(void)state;
	far_broker = broker_start();
	broker_rtt(far_broker, 60000);
	folder = scratch_name("-kept");
	return 0;
}

static int finish(void **state)
{
	(void)state;
	broker_stop(far_broker);
	free(folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_policy_is_kept),
		cmocka_unit_test(a_signature_of_a_report_is_known_by_its_digits),
		cmocka_unit_test(what_is_written_to_be_pasted_is_a_policy),
		cmocka_unit_test(a_comment_on_the_line_is_enough),
		cmocka_unit_test(one_that_is_found_must_be_ones_own),
		cmocka_unit_test(what_is_ignored_is_not_shown_as_known),
		cmocka_unit_test(junit_fails_as_the_policy_does),
		cmocka_unit_test(broker_errors_fail_where_the_policy_says_so),
		cmocka_unit_test(of_a_baseline_only_what_is_new_or_more_fails),
		cmocka_unit_test(check_asks_it_too_and_every_face_shows_what_is_known),
	};

	return cmocka_run_group_tests(tests, prepare, finish);
}
