/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawns_as_told.c - prints what came of each way to a child: results, errno, arguments.
 *
 * Beside a connection, so that whoever watches has something to look after.
 * spawns_as_told HOST:PORT
 * links: threads
 */
#define _GNU_SOURCE
#include "frame.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static char *const script[] = {
	"sh",
	"-c",
	"echo child: $0 $1 $TOLD; read -r a b c d group rest < /proc/$$/stat; "
	"test $group = $$ && echo leads; exit 7",
	"one",
	"two",
	NULL};
static char *const told[] = {"TOLD=yes", "PATH=/usr/bin:/bin", NULL};

/* As libc leaves it: on success as it was. */
static void say(const char *what, long result)
{
	int error = errno;

	printf("%s: %ld, %s\n", what, result,
	       strerrorname_np(error) ? strerrorname_np(error) : "0");
	fflush(stdout);
	errno = EXDEV;
}

static long status_of(pid_t pid)
{
	int status = -1, error = errno;

	waitpid(pid, &status, 0);
	errno = error;
	return status;
}

static void spawn_with_all(void)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	long result, status;
	pid_t pid = -1;

	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawn_file_actions_init(&actions);
	say("addopen", posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0));
	say("addclose of none", posix_spawn_file_actions_addclose(&actions, -1));
	say("adddup2 of none", posix_spawn_file_actions_adddup2(&actions, 0, -1));
	say("adddup2", posix_spawn_file_actions_adddup2(&actions, 1, 2));
	say("addchdir", posix_spawn_file_actions_addchdir_np(&actions, "/"));
	result = posix_spawn(&pid, "/bin/sh", &actions, &attributes, script, told);
	status = status_of(pid);
	say("spawn", result);
	say("its status", status);
	result = posix_spawnp(&pid, "sh", &actions, &attributes, script, told);
	status = status_of(pid);
	say("spawn by name", result);
	say("its status", status);
	say("spawn of none", posix_spawn(&pid, "/none", &actions, &attributes, script, told));
	say("by name of none", posix_spawnp(&pid, "none-of-it", NULL, NULL, script, told));
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	say("spawn unnamed", posix_spawn(NULL, "/bin/true", NULL, NULL, script, told));
	say("its status", status_of(-1));
}

static void shells(void)
{
	char line[64] = "";
	FILE *stream = popen("echo out of a pipe; exit 3", "r");

	say("popen", stream != NULL);
	printf("%s", fgets(line, sizeof(line), stream));
	say("pclose", pclose(stream));
	say("popen strangely", popen("true", "x") != NULL);
	say("system", system("exit 4"));
	say("system by signal", system("kill -9 $$"));
	say("a shell", system(NULL) != 0);
}

static int cloned(void *argument)
{
	return *(int *)argument;
}

static void clones(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	char *top = stack + sizeof(stack);
	pid_t parent_word = 0, child_word = -1;
	int status = 5;
	pid_t pid = clone(cloned, top, SIGCHLD, &status);

	say("clone", pid > 0);
	say("its status", status_of(pid));
	pid = clone(cloned, top, CLONE_VM | CLONE_VFORK | SIGCHLD, &status);
	say("on our memory", pid > 0);
	say("its status", status_of(pid));
	pid = clone(cloned, top, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, &status,
		    &parent_word, NULL, &child_word);
	say("with words", parent_word == pid && child_word == -1);
	say("its status", status_of(pid));
	say("clone without a function", clone(NULL, top, SIGCHLD, NULL));
}

static void forks(void)
{
	int terminal = -1;
	pid_t pid = _Fork();

	if (pid == 0)
		_exit(6);
	say("_Fork", pid > 0);
	say("its status", status_of(pid));
	pid = forkpty(&terminal, NULL, NULL, NULL);
	if (pid == 0)
		_exit(isatty(0) ? 8 : 9);
	say("forkpty", pid > 0 && terminal >= 0);
	say("its status", status_of(pid));
	close(terminal);
}

static void *waits_in_shell(void *unused)
{
	system("sleep 30");
	return unused;
}

/* In the midst of system(), which is a place to be cancelled. */
static void cancels(void)
{
	pthread_t thread;
	void *result = NULL;

	pthread_create(&thread, NULL, waits_in_shell, NULL);
	usleep(300000);
	pthread_cancel(thread);
	pthread_join(thread, &result);
	say("cancelled", result == PTHREAD_CANCELED);
}

int main(int argc, char **argv)
{
	int fd = frame_connect(argv[argc - 1], 0);

	errno = EXDEV;
	spawn_with_all();
	shells();
	clones();
	forks();
	cancels();
	close(fd);
	return 10;
}
