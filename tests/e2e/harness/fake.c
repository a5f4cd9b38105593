/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake.c - starts a program of tests/fakes for one run of a host: a peer that
 * stalls, resets, or never answers.
 *
 * The fake broker serves until it is stopped; the others end when their
 * connections have.
 */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct fake {
	pid_t pid;
	char *report;
	char address[32];
};

#define PATIENCE_MS 60000

/* It prints its port once it listens. */
static void address_await(struct fake *fake, const char *out)
{
	for (int i = 0; i < PATIENCE_MS; i++) {
		char *said = file_read(out);
		bool whole = said && strchr(said, '\n');

		if (whole)
			snprintf(fake->address, sizeof(fake->address), "127.0.0.1:%d",
				 atoi(said));
		free(said);
		if (whole)
			return;
		usleep(1000);
	}
	fail_msg("the fake does not say its port");
}

struct fake *fake_start_as(const char *program, const char *options)
{
	struct fake *fake = calloc(1, sizeof(*fake));
	char *out = scratch_name(".port"), *command;

	assert_non_null(fake);
	fake->report = scratch_name(".truth");
	/* Compiled, or a script of Debian's Python. */
	assert_true(asprintf(&command, "%s%s/%s --report %s %s",
			     strstr(program, ".py") ? "/usr/bin/python3 " : "",
			     strstr(program, ".py") ? PATH_SOURCE "/tests/fakes" : PATH_FAKES,
			     program, fake->report, options) > 0);
	fake->pid = program_start(command, NULL, out);
	address_await(fake, out);
	free(command);
	free(out);
	return fake;
}

struct fake *fake_start(const char *options)
{
	return fake_start_as("broker", options);
}

struct fake *fake_start_tls(const char *options)
{
	char *key = certificate_key(), *all;
	struct fake *fake;

	assert_true(asprintf(&all, "--certificate %s --key %s --broker %s/broker %s",
			     certificate_file(), key, PATH_FAKES, options) > 0);
	fake = fake_start_as("tls_broker.py", all);
	free(all);
	free(key);
	return fake;
}

const char *fake_address(const struct fake *fake)
{
	return fake->address;
}

json_t *fake_await(struct fake *fake)
{
	json_t *truth;
	int status;

	assert_int_equal(waitpid(fake->pid, &status, 0), fake->pid);
	truth = json_load_file(fake->report, 0, NULL);
	if (!truth)
		fail_msg("the fake left no report");
	free(fake->report);
	free(fake);
	return truth;
}

json_t *fake_stop(struct fake *fake)
{
	kill(fake->pid, SIGTERM);
	return fake_await(fake);
}
