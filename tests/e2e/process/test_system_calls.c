/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_system_calls.c - the system calls that a host makes only under the shim.
 *
 * A seccomp filter that kills on one of them kills the host: so the man page
 * lists them, and this test compares the list. Each host is traced (ptrace)
 * alone and under the shim.
 */
#include "harness.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* linux/ptrace.h and sys/ptrace.h do not go together in each libc. */
#define SYSCALL_INFO 0x420e
#define SYSCALL_ENTRY 1
struct syscall_info {
	uint8_t op, pad[3];
	uint32_t arch;
	uint64_t instruction, stack, number;
	uint64_t more[8];
};

#define CALLS 1024

struct calls {
	bool made[CALLS];
};

/* Those that may be listed; a number without a name fails as such. */
static const struct {
	const char *name;
	long number;
} names[] = {
#define CALL(name) {#name, SYS_##name},
/* clang-format off */
#ifdef SYS_access
	CALL(access) CALL(readlink)
#endif
	CALL(faccessat) CALL(fallocate) CALL(fcntl) CALL(ftruncate) CALL(getcwd) CALL(getdents64)
	CALL(getpeername) CALL(getpid) CALL(getppid) CALL(getrandom) CALL(getsockname)
	CALL(getsockopt) CALL(gettid) CALL(getuid) CALL(ioctl) CALL(linkat) CALL(madvise)
	CALL(mincore) CALL(newfstatat) CALL(ppoll) CALL(prctl) CALL(prlimit64)
	CALL(process_vm_readv) CALL(pwrite64) CALL(read) CALL(readlinkat) CALL(renameat2)
	CALL(rt_sigprocmask) CALL(sched_yield) CALL(tgkill) CALL(unlinkat) CALL(write)
	CALL(lseek) CALL(openat) CALL(close) CALL(mmap) CALL(munmap) CALL(mprotect) CALL(brk)
	CALL(mknodat) CALL(rt_sigpending) CALL(rt_sigtimedwait)
	CALL(pread64) CALL(clock_gettime) CALL(futex) CALL(sysinfo) CALL(sched_getaffinity)
/* clang-format on */
#undef CALL
};

static const char *name_of(long number)
{
	static char text[24];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].number == number)
			return names[i].name;
	snprintf(text, sizeof(text), "%ld", number);
	return text;
}

/* ---- tracing ---- */

static _Noreturn void traced(char **argv, bool shim)
{
	if (shim) {
		char *directory = scratch_name(".traces"), *mark;

		if (asprintf(&mark, "%s.mark", directory) < 0 ||
		    setenv("UNFLUSHED_DIR", directory, 1) != 0)
			_exit(99);
		/* As `run` makes them. */
		char *command;
		if (asprintf(&command, "mkdir %s && : >%s", directory, mark) < 0 ||
		    system(command) != 0)
			_exit(99);
		setenv("UNFLUSHED_MARK", mark, 1);
		setenv("LD_PRELOAD", PATH_SHIM, 1);
		setenv("LD_AUDIT", PATH_AUDIT, 1);
	}
	if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr) ||
	    ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		_exit(98);
	raise(SIGSTOP);
	execvp(argv[0], argv);
	_exit(97);
}

static void call_note(pid_t pid, struct calls *calls)
{
	struct syscall_info info;

	if (ptrace(SYSCALL_INFO, pid, sizeof(info), &info) > 0 && info.op == SYSCALL_ENTRY &&
	    info.number < CALLS)
		calls->made[info.number] = true;
}

/* The signal that it is to get, if it was stopped by one of its own. */
static int stop_take(pid_t pid, int status, struct calls *calls)
{
	int number = WSTOPSIG(status);

	if (number == (SIGTRAP | 0x80))
		call_note(pid, calls);
	return number == (SIGTRAP | 0x80) || number == SIGTRAP || number == SIGSTOP ? 0
										    : number;
}

static int follow(pid_t host, struct calls *calls)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
			     PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	int status, ended = -1;
	pid_t pid;

	assert_int_equal(waitpid(host, &status, 0), host);
	if (!WIFSTOPPED(status))
		skip_because("ptrace is not allowed here");
	assert_int_equal(ptrace(PTRACE_SETOPTIONS, host, NULL, options), 0);
	ptrace(PTRACE_SYSCALL, host, NULL, 0L);
	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (pid == host && !WIFSTOPPED(status))
			ended = status;
		if (pid > 0 && WIFSTOPPED(status))
			ptrace(PTRACE_SYSCALL, pid, NULL, (long)stop_take(pid, status, calls));
	}
	return ended;
}

static void host_trace(const char *command, bool shim, struct calls *calls)
{
	char *words = strdup(command), *rest = words, *argv[32];
	size_t count = 0;

	for (char *word; (word = strsep(&rest, " ")) && count < 31;)
		argv[count++] = word;
	argv[count] = NULL;
	fflush(NULL);
	pid_t host = fork();
	if (host == 0)
		traced(argv, shim);
	int status = follow(host, calls);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("%s ended with status 0x%x", command, (unsigned)status);
	free(words);
}

/* ---- the list ---- */

static char *page;

/* Is the name a word between these two comments of the man page? */
static bool listed(const char *name, const char *from, const char *to)
{
	const char *begin = strstr(page, from), *end = begin ? strstr(begin, to) : NULL;
	size_t length = strlen(name);

	if (!end)
		fail_msg("the man page has no '%s'", from);
	for (const char *at = begin; (at = strstr(at, name)) && at < end; at++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz_0123456789", at[-1]) &&
		    !strchr("abcdefghijklmnopqrstuvwxyz_0123456789", at[length]))
			return true;
	return false;
}

static bool always(const char *name)
{
	return listed(name, ".\\\" calls", ".\\\" now and then");
}

static bool at_all(const char *name)
{
	return listed(name, ".\\\" calls", ".\\\" end of calls");
}

static int prepare(void **state)
{
	(void)state;
	page = file_read(PATH_SOURCE "/tools/unflushed.1");
	return 0;
}

static int clear_up(void **state)
{
	(void)state;
	free(page);
	return 0;
}

/* ---- stories ---- */

static const char *const hosts[] = {
	PATH_HOSTS "/no_kafka",
	PATH_HOSTS "/flushes @ 100",
	PATH_HOSTS "/by_hand @",
	PATH_HOSTS "/forks_then_produces @",
	PATH_HOSTS "/starts fork " PATH_HOSTS "/by_hand @",
	PATH_HOSTS "/starts spawn " PATH_HOSTS "/by_hand @",
	PATH_HOSTS "/starts exec " PATH_HOSTS "/by_hand @",
	PATH_HOSTS "/threads_send @",
	PATH_HOSTS "/sends_bytes blocking", /* what is asked about a send that waited */
	"/bin/true",
	"/bin/sh -c /bin/true;/bin/true",
};

#define ALONE_MOST 30

/* Is there a call that the host has not made alone, and that the man page does not have? */
static bool is_doubtful(const struct calls *alone, const struct calls *watched)
{
	for (long i = 0; i < CALLS; i++)
		if (i != SYS_restart_syscall && watched->made[i] && !alone->made[i] &&
		    !at_all(name_of(i)))
			return true;
	return false;
}

/* What only the host under the shim has called. */
static void extra_add(const char *host, const char *address, struct calls *extra)
{
	struct calls alone = {0}, watched = {0};
	char command[1024];
	const char *at = strchr(host, '@');

	snprintf(command, sizeof(command), "%.*s%s%s", at ? (int)(at - host) : 1000, host,
		 at ? address : "", at ? at + 1 : "");
	host_trace(command, false, &alone);
	host_trace(command, true, &watched);
	/* What a host calls depends on the order of its threads: a futex is waited for only
	 * where another thread has it. */
	for (int i = 0; i < ALONE_MOST && is_doubtful(&alone, &watched); i++)
		host_trace(command, false, &alone);
	printf("%s:", host);
	for (long i = 0; i < CALLS; i++)
		/* The kernel itself restarts a call that a stop has interrupted: the program
		 * does not call it. */
		if (i != SYS_restart_syscall && watched.made[i] && !alone.made[i]) {
			extra->made[i] = true;
			printf(" %s", name_of(i));
		}
	printf("\n");
}

static void the_man_page_lists_what_is_added(void **state)
{
	struct broker *broker = broker_start();
	struct calls extra = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
		extra_add(hosts[i], broker_address(broker), &extra);
	broker_stop(broker);
	for (long i = 0; i < CALLS; i++)
		if (extra.made[i] && !at_all(name_of(i)))
			fail_msg("%s is added, and the man page does not say so", name_of(i));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (always(names[i].name) && !extra.made[names[i].number])
			fail_msg("%s is in the man page, and no host has added it",
				 names[i].name);
}

/* Those that no host here needs, too: a filesystem without renameat2, a JVM. */
static void the_man_page_lists_every_call_of_the_sources(void **state)
{
	FILE *found = popen("grep -rhoE 'SYS_[a-z0-9_]+' " PATH_SOURCE
			    "/shim --include=*.c --include=*.h | sort -u",
			    "re");
	char line[64];
	size_t count = 0;

	(void)state;
	while (fgets(line, sizeof(line), found)) {
		line[strcspn(line, "\n")] = '\0';
		if (!at_all(line + strlen("SYS_")))
			fail_msg("%s is called, and the man page does not say so", line);
		count++;
	}
	pclose(found);
	assert_true(count > 20);
}

static struct ended filtered(const char *options, const char *address)
{
	char *arguments;

	assert_true(asprintf(&arguments,
			     "run %s -- " PATH_HOSTS "/confines_itself filter_kills %s",
			     options, address) > 0);
	struct ended ended = tool_run("%s", arguments);
	free(arguments);
	return ended;
}

/* A filter that kills on one of them: the program fails, and is told why. */
static void a_filter_that_kills_is_named(void **state)
{
	struct fake *sink = fake_start_as("sink", "");
	char *command;

	(void)state;
	assert_true(asprintf(&command, PATH_HOSTS "/confines_itself filter_kills %s",
			     fake_address(sink)) > 0);
	struct ended alone = program_run(command, "none");
	if (exit_code(&alone) == 77)
		skip_because("%s", alone.err);
	assert_int_equal(exit_code(&alone), 0);
	ended_free(&alone);
	struct ended watched = filtered("--check", fake_address(sink));
	assert_true(WIFSIGNALED(watched.status));
	assert_int_equal(WTERMSIG(watched.status), SIGSYS);
	assert_non_null(strstr(watched.err, "a filter of system calls (seccomp) ended"));
	ended_free(&watched);
	free(command);
	json_decref(fake_stop(sink));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_man_page_lists_what_is_added),
		cmocka_unit_test(the_man_page_lists_every_call_of_the_sources),
		cmocka_unit_test(a_filter_that_kills_is_named),
	};

	return cmocka_run_group_tests(tests, prepare, clear_up);
}
