/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stacks.c - network libraries of other projects: Java's NIO, Node,
 * Python's ssl, openssl, curl.
 *
 * The peer counts at the level of TCP. The bytes that the report calls accepted
 * equal what the peer counted; the sender is stalled by a peer that does not
 * read, and not by one that does; TLS is reported as TLS, and nothing as Kafka.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STALL_NS 800000000
#define STALLED " --stall 800 --rcvbuf 16384"
#define SMALL 1000000 /* less than a send buffer of the kernel's own choice */
#define LARGE 9000000 /* more than that, and than the peer's */

static const struct stack {
	const char *name;
	const char *needs;
	const char *command; /* after that a file, or a number */
	bool tls, bytes;
} stacks[] = {
	{"Java, blocking", "javac",
	 "/usr/bin/java " PATH_HOST_SOURCES "/java/NioUpload.java blocking @ ", false, true},
	{"Java, selector", "javac",
	 "/usr/bin/java " PATH_HOST_SOURCES "/java/NioUpload.java selector @ ", false, true},
	{"Java, gather", "javac",
	 "/usr/bin/java " PATH_HOST_SOURCES "/java/NioUpload.java gather @ ", false, true},
	{"Node, net", "node",
	 "/usr/bin/node " PATH_HOST_SOURCES "/socket/node_upload.js socket @ ", false, false},
	{"Node, http", "node",
	 "/usr/bin/node " PATH_HOST_SOURCES "/socket/node_upload.js http @ ", false, false},
	{"curl, http", "curl",
	 "/usr/bin/curl -sS --http1.1 -H Expect: -w %{http_code} http://@/ -T ", false, false},
	{"Python, ssl", "python3",
	 "/usr/bin/python3 " PATH_HOST_SOURCES "/python/tls_upload.py @ ", true, false},
	{"openssl s_client", "openssl",
	 "/bin/sh " PATH_HOST_SOURCES "/socket/pipes_to_s_client.sh @ ", true, false},
	{"curl, https", "curl",
	 "/usr/bin/curl -sS --insecure --http1.1 -H Expect: -w %{http_code} https://@/ -T ",
	 true, false},
};

static const struct stack *stack;
static char *small, *large, *tls_options;

static char *file_make(size_t bytes)
{
	char *path = scratch_name(".bytes");
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(ftruncate(fileno(file), (off_t)bytes), 0);
	fclose(file);
	return path;
}

static void certificate_make(void)
{
	char *key = certificate_key();

	assert_true(asprintf(&tls_options, "--certificate %s --key %s", certificate_file(),
			     key) > 0);
	free(key);
}

static int64_t accepted_bytes(const struct story *story, json_t **busiest)
{
	json_t *process, *socket;
	int64_t accepted = 0, most = -1;
	size_t i, j;

	json_array_foreach(json_path(story->summary, "processes"), i, process)
		json_array_foreach(json_object_get(process, "sockets"), j, socket)
	{
		int64_t bytes = json_number(socket, "bytes.accepted");

		accepted += bytes;
		if (bytes > most)
			*busiest = socket;
		most = bytes > most ? bytes : most;
	}
	assert_true(most >= 0);
	return accepted;
}

static struct story tell(size_t bytes, const char *sink)
{
	struct story story = story_of("/usr/bin/env");
	char *options;

	assert_true(asprintf(&options, "%s%s", stack->tls ? tls_options : "--http", sink) > 0);
	story.sink = options;
	story.sink_as = stack->tls ? "tls_sink.py" : NULL;
	if (stack->bytes)
		story_tell(&story, "%s%zu", stack->command, bytes);
	else
		story_tell(&story, "%s%s", stack->command, bytes == SMALL ? small : large);
	assert_int_equal(exit_code(&story.watched), 0);
	free(options);
	return story;
}

static void say(const char *what, const struct story *story)
{
	char *text = json_dumps(story->summary, JSON_INDENT(1));

	fail_msg("%s: %s: %s", stack->name, what, text);
}

static void expect_counted(const struct story *story, size_t bytes, json_t **socket)
{
	if (accepted_bytes(story, socket) != story->arrived)
		say("not what the peer counted", story);
	if (story->arrived < (int64_t)bytes)
		say("less arrived than was sent", story);
	if (json_is_true(json_object_get(*socket, "tls")) != stack->tls)
		say("TLS, or not, wrongly", story);
	if (!json_is_false(json_object_get(*socket, "kafka")))
		say("called Kafka", story);
	story_expect(story, "blind", NULL);
}

/* It is not held up for as long as a peer that does not read would do. */
static void told_to_a_reader(void)
{
	struct story story = tell(SMALL, "");
	json_t *socket;

	expect_counted(&story, SMALL, &socket);
	if (json_number(socket, "stalls.longest_ns") >= STALL_NS / 2)
		say("a stall, with a peer that reads", &story);
	story_end(&story);
}

static void told_to_one_that_does_not_read(void)
{
	struct story story = tell(LARGE, STALLED);
	json_t *socket;

	expect_counted(&story, LARGE, &socket);
	if (json_number(socket, "stalls.longest_ns") < STALL_NS / 2 ||
	    json_number(socket, "stalls.receiver_ns") < STALL_NS / 2 ||
	    !story_has(&story, "receiver-stall"))
		say("the stall is not seen", &story);
	story_end(&story);
}

static void cell_try(size_t index)
{
	if (index == 0)
		told_to_a_reader();
	else
		told_to_one_that_does_not_read();
}

static void bytes_and_stalls_are_as_the_peer_saw_them(void **state)
{
	stack = *state;
	story_needs(stack->needs);
	if (stack->tls)
		story_needs("openssl");
	if (!small) {
		small = file_make(SMALL);
		large = file_make(LARGE);
	}
	if (stack->tls && !tls_options)
		certificate_make();
	cells_try(2, 2, cell_try);
}

#define STACKS (sizeof(stacks) / sizeof(*stacks))

int main(void)
{
	struct CMUnitTest tests[STACKS];

	for (size_t i = 0; i < STACKS; i++)
		tests[i] = (struct CMUnitTest){
			.name = stacks[i].name,
			.test_func = bytes_and_stalls_are_as_the_peer_saw_them,
			.initial_state = (void *)&stacks[i],
		};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
