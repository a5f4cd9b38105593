/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawns.c - a connection that a child has which no fork() of ours made.
 *
 * How the child is made:
 * spawn, spawnp   posix_spawn(), posix_spawnp()
 * system, popen   a shell that leaves the child behind
 * vfork, clone    vfork() or clone(CLONE_VM | CLONE_VFORK), and execve()
 * raw             _Fork()
 * plain           clone() without memory in common
 * daemon          daemon(): the process itself goes on as its child
 * fork            fork(), and execve()
 * fork_forks      the same, but a child of the child goes on with what it inherited
 * fork_spawns     the same, but the child has a program of its own do it
 * fork_lends      the same, by vfork()
 * fork_writes     the same, but the child does it itself before it becomes another
 * exec            none: the process becomes another program itself
 * What it has of the connection:
 * inherited       all of it
 * passed          a copy with another number, for it is close-on-exec itself
 * kept_out        nothing: close-on-exec
 * closed          nothing: it is told to close it
 * swept           nothing: it is told to close all from some number on
 * none            nothing: there is no such program
 * What they send: a Produce request, its first half by this one, the second by the
 * child ("frame"); the whole by this one while the child only keeps the connection
 * open, with input that nobody reads ("kept"); or the first half, and no more ("cut").
 * spawns HOW HAS WHAT HOST:PORT
 */
#define _GNU_SOURCE
#include "frame.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEPT_US 1500000
#define PASSED 100

extern char **environ;

static const char *how, *has, *what;
static char self[4096], number[16];
static char *child_argv[] = {self, "-", NULL, number, NULL};
static int connection;

static bool is(const char *word, const char *than)
{
	return strcmp(word, than) == 0;
}

static void send_all(int fd, size_t from, size_t to)
{
	ssize_t took;

	while (from < to && (took = send(fd, frame + from, to - from, MSG_NOSIGNAL)) > 0)
		from += (size_t)took;
	if (from < to)
		perror("send");
}

static void go_on(int fd)
{
	size_t size = frame_make(1);

	if (is(what, "frame"))
		send_all(fd, size / 2, size);
	else if (is(what, "kept"))
		usleep(KEPT_US);
}

static void spawn(void)
{
	posix_spawn_file_actions_t actions;
	bool by_name = is(how, "spawnp");
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	if (is(has, "passed"))
		posix_spawn_file_actions_adddup2(&actions, connection, PASSED);
	if (is(has, "closed"))
		posix_spawn_file_actions_addclose(&actions, connection);
	if (is(has, "swept"))
		posix_spawn_file_actions_addclosefrom_np(&actions, connection);
	/* What many programs ask for, and what is of no account here. */
	if (!is(has, "inherited")) {
		posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
		posix_spawn_file_actions_addchdir_np(&actions, "/");
	}
	int failed =
		by_name ? posix_spawnp(&pid, child_argv[0], &actions, NULL, child_argv, environ)
			: posix_spawn(&pid, child_argv[0],
				      is(has, "inherited") ? NULL : &actions, NULL, child_argv,
				      environ);
	if (failed)
		printf("%s: %s\n", how, strerror(failed));
	posix_spawn_file_actions_destroy(&actions);
}

/* The shell ends at once; what it started goes on. */
static void through_shell(void)
{
	char command[5000];

	snprintf(command, sizeof(command), "'%s' - %s %s &", child_argv[0], what, number);
	if (is(how, "system"))
		system(command);
	else
		pclose(popen(command, "w"));
}

/* With the memory of its parent. */
static int become(void *unused)
{
	(void)unused;
	if (is(has, "passed"))
		dup2(connection, PASSED);
	if (is(has, "closed") || is(has, "passed"))
		close(connection);
	if (is(has, "swept"))
		closefrom(connection);
	execve(child_argv[0], child_argv, environ);
	_exit(1);
}

static void share_memory(void)
{
	static char stack[65536] __attribute__((aligned(16)));

	if (is(how, "clone"))
		clone(become, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
	else if (vfork() == 0)
		become(NULL);
}

/* For the next program; with the file's own number, for the flag is the number's. */
static void make_inheritable(void)
{
	fcntl(connection, F_SETFD, 0);
}

static void lend(void)
{
	if (vfork() != 0)
		return;
	make_inheritable();
	execve(child_argv[0], child_argv, environ);
	_exit(1);
}

static void spawn_another(void)
{
	pid_t pid;

	make_inheritable();
	posix_spawn(&pid, child_argv[0], NULL, NULL, child_argv, environ);
	fcntl(connection, F_SETFD, FD_CLOEXEC);
}

/* What the child is up to before it becomes a program that does nothing. */
static void fork_and_become(void)
{
	if (fork() != 0)
		return;
	if (is(how, "fork_forks") && fork() == 0) {
		go_on(connection);
		_exit(0);
	}
	if (is(how, "fork_lends"))
		lend();
	if (is(how, "fork_spawns"))
		spawn_another();
	if (is(how, "fork_writes"))
		go_on(connection);
	if (is(how, "fork"))
		become(NULL);
	execlp("true", "true", NULL);
	_exit(1);
}

static int continue_here(void *unused)
{
	(void)unused;
	go_on(connection);
	_exit(0);
}

static void fork_otherwise(void)
{
	static char stack[65536] __attribute__((aligned(16)));

	if (is(how, "plain"))
		clone(continue_here, stack + sizeof(stack), SIGCHLD, NULL);
	else if (_Fork() == 0)
		continue_here(NULL);
}

static void become_daemon(void)
{
	printf("handed over\n");
	fflush(stdout);
	if (daemon(1, 1) != 0)
		perror("daemon");
	go_on(connection);
	exit(0);
}

static void make_child(void)
{
	if (is(how, "spawn") || is(how, "spawnp"))
		spawn();
	else if (is(how, "system") || is(how, "popen"))
		through_shell();
	else if (is(how, "vfork") || is(how, "clone"))
		share_memory();
	else if (is(how, "daemon"))
		become_daemon();
	else if (strncmp(how, "fork", 4) == 0)
		fork_and_become();
	else if (is(how, "exec"))
		execv(child_argv[0], child_argv);
	else
		fork_otherwise();
}

/* The name of this program, or of none; for a search the folder has to do. */
static void name_child(void)
{
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 8);

	self[length > 0 ? length : 0] = '\0';
	if (is(has, "none"))
		strcat(self, ".none");
	if (is(how, "spawnp")) {
		char *name = strrchr(self, '/');

		*name = '\0';
		setenv("PATH", self, 1);
		child_argv[0] = name + 1;
	}
	child_argv[2] = (char *)what;
	snprintf(number, sizeof(number), "%d", is(has, "passed") ? PASSED : connection);
}

int main(int argc, char **argv)
{
	int over[2];
	char byte;

	if (argc == 4) { /* the child, if it is a program of its own */
		what = argv[2];
		go_on(atoi(argv[3]));
		return 0;
	}
	how = argv[1], has = argv[2], what = argv[3];
	size_t size = frame_make(1);
	/* Ends when all have ended that may have the connection. */
	if (pipe(over) != 0)
		perror("pipe");
	connection = frame_connect(argv[4], 1000000);
	if (!is(has, "kept_out") && !is(has, "passed"))
		fcntl(connection, F_SETFD, 0);
	name_child();
	if (is(what, "kept"))
		recv(connection, &byte, 1, MSG_PEEK);
	send_all(connection, 0, is(what, "kept") ? size : size / 2);
	make_child();
	/* Else a fork may not have become another yet. */
	if (is(what, "cut") || strncmp(how, "fork_", 5) == 0)
		wait(NULL);
	close(connection);
	close(over[1]);
	read(over[0], &byte, 1);
	while (wait(NULL) > 0)
		continue;
	printf("handed over\n");
	return 0;
}
