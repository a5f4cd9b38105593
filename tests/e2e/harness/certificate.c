/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate.c - makes a self-signed certificate for 127.0.0.1.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>

const char *certificate_file(void)
{
	static char *made;
	char *command, *key;
	struct ended ended;

	if (made)
		return made;
	made = scratch_name(".pem");
	key = certificate_key(); /* beside it */
	assert_true(asprintf(&command,
			     "/usr/bin/openssl req -x509 -newkey ec -pkeyopt "
			     "ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost "
			     "-addext subjectAltName=IP:127.0.0.1 -keyout %s -out %s",
			     key, made) > 0);
	ended = program_run(command, NULL);
	if (exit_code(&ended) != 0)
		fail_msg("%s: %s", command, ended.err);
	ended_free(&ended);
	free(command);
	free(key);
	return made;
}

char *certificate_key(void)
{
	char *key;

	assert_true(asprintf(&key, "%s.key", certificate_file()) > 0);
	return key;
}
