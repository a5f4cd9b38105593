/* SPDX-License-Identifier: Apache-2.0 */
/*
 * starts.c - a producer that does all right, and starts another program.
 *
 * How: fork, vfork, spawn, spawnp, system (a shell), exec (this one becomes it), file
 * (by its descriptor), beside (by the directory it is in), list (execl), cleared (with
 * an empty environment), failing (after a try of one that is not there), reached (its
 * last name looked for along PATH).
 * starts HOW PROGRAM HOST:PORT
 * links: rdkafka
 */
#define _GNU_SOURCE
#include "host.h"

#include <fcntl.h>
#include <libgen.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char *how;
static char *child_argv[2];

static int is(const char *word)
{
	return strcmp(how, word) == 0;
}

static void produce(const char *bootstrap)
{
	rd_kafka_t *rk = host_producer(host_conf(bootstrap));
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < 10; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, NULL);
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	fflush(stdout);
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
}

static void become(void)
{
	char *program = child_argv[0], *path = strdup(program);
	char *nothing[] = {NULL};

	if (is("failing"))
		execv("/nowhere/at/all", child_argv);
	if (is("file"))
		fexecve(open(program, O_RDONLY | O_CLOEXEC), child_argv, environ);
	else if (is("beside"))
		execveat(open(dirname(path), O_PATH | O_CLOEXEC), basename(program), child_argv,
			 environ, 0);
	else if (is("list"))
		execl(program, program, NULL);
	else if (is("cleared"))
		execve(program, child_argv, nothing);
	else if (is("reached"))
		execvp(strrchr(program, '/') + 1, child_argv);
	else
		execv(program, child_argv);
	perror(program);
	_exit(1);
}

static void spawn(void)
{
	pid_t pid;
	int failed = is("spawn")
			     ? posix_spawn(&pid, child_argv[0], NULL, NULL, child_argv, environ)
			     : posix_spawnp(&pid, strrchr(child_argv[0], '/') + 1, NULL, NULL,
					    child_argv, environ);

	if (failed)
		printf("%s: %s\n", how, strerror(failed));
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	how = argv[1];
	child_argv[0] = argv[2];
	produce(argv[3]);
	if (is("spawnp") || is("reached")) {
		char *path = strdup(argv[2]);

		setenv("PATH", dirname(path), 1);
	}
	if (is("exec"))
		become();
	else if (is("spawn") || is("spawnp"))
		spawn();
	else if (is("system"))
		system(argv[2]);
	else if (is("vfork") ? vfork() == 0 : fork() == 0)
		become();
	while (wait(NULL) > 0)
		;
	return 0;
}
