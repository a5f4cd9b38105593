/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own_crash.c - runs a story again if this machine's librdkafka crashes by
 * itself.
 *
 * librdkafka 2.14.2 (Debian sid) dies of SIGSEGV in about one of 200 programs
 * that end without destroying the producer, with the shim or without. There one
 * run alone cannot be compared with one run under the shim. So a run that died
 * of SIGSEGV is repeated, but only if the same librdkafka was seen to crash
 * WITHOUT the shim. A librdkafka that does not crash is never seen to, so a
 * single SIGSEGV under the shim makes the test fail.
 */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

/* One crash in 500 is then overlooked in one of 3,000 trials. Takes 10 ms each. */
#define TRIES_ALONE 4000
#define TRIES_AGAIN 5

static bool died_of_sigsegv(int status)
{
	return WIFSIGNALED(status) ? WTERMSIG(status) == SIGSEGV
				   : WEXITSTATUS(status) == 128 + SIGSEGV;
}

static bool crashes_once_alone(struct broker *broker)
{
	for (int i = 0; i < TRIES_ALONE; i++) {
		struct ended ended = program_run(PATH_HOSTS "/exits @ return forget 100",
						 broker_address(broker));
		bool crashed = died_of_sigsegv(ended.status);

		ended_free(&ended);
		if (crashed)
			return true;
	}
	return false;
}

/* Found out once in a process, and only when something has crashed. */
static bool crashes_alone(void)
{
	static enum { UNKNOWN, NEVER, SOMETIMES } answer;
	struct broker *broker;

	if (answer == UNKNOWN) {
		broker = broker_start();
		answer = crashes_once_alone(broker) ? SOMETIMES : NEVER;
		broker_stop(broker);
		fprintf(stderr, "a SIGSEGV: alone, librdkafka here %s of it\n",
			answer == NEVER ? "never dies" : "dies now and then");
	}
	return answer == SOMETIMES;
}

bool crashed_by_itself(const struct ended *ended, int tries)
{
	return died_of_sigsegv(ended->status) && tries < TRIES_AGAIN && crashes_alone();
}
