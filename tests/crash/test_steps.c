/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_steps.c - killed at any instruction of a call, the trace is whole and true.
 *
 * test_kill.c leaves the instant to chance; here each is tried. A debugger goes through one
 * call of the host by single steps. Whenever the trace, or what the kernel has taken, is
 * another than a step before, it is copied: that is what SIGKILL would leave behind, for
 * stored is stored. One report is made of all copies, each as a process of its own.
 *
 * Steps outside of the guest and of libc are not looked at: nobody else knows the mapping.
 */
#include "harness.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "format/format.h"

#if defined(__x86_64__)

#define STATES_MAX 4000
#define FIRST_PID 1000000000 /* beyond every pid that there is */
#define FRAME_BYTES 100047
#define REQUEST_HEAD 12 /* length, API, version, correlation id */
#define ANSWER_HEAD 8	/* length, correlation id: librdkafka reads them alone */

/* From which count to which a call leads; each copy in between has the one or the other. */
struct counts {
	int produced[2], delivered[2], rejected[2], unserved[2];
};

#define ALL_DONE                                                                               \
	{                                                                                      \
		10, 10                                                                         \
	}
#define NONE                                                                                   \
	{                                                                                      \
		0, 0                                                                           \
	}

static const struct message_cell {
	const char *how;
	const char *thread; /* who is watched; NULL: main */
	struct counts counts;
	const char *verdicts[2]; /* of the first copy and of the last */
} message_cells[] = {
	{"first", NULL, {{0, 1}, NONE, NONE, NONE}, {"clean", "lost"}},
	{"produce", NULL, {{10, 11}, ALL_DONE, NONE, NONE}, {"clean", "lost"}},
	{"refused", NULL, {ALL_DONE, ALL_DONE, {0, 1}, NONE}, {"clean", "at_risk"}},
	{"request", "rdk:broker1", {{11, 11}, {10, 11}, NONE, {0, 1}}, {"lost", "racy"}},
	{"report", NULL, {{11, 11}, {11, 11}, NONE, {1, 0}}, {"racy", "unproven"}},
	{"flush", NULL, {{11, 11}, {11, 11}, NONE, {1, 0}}, {"racy", "clean"}},
	{"exit", NULL, {{11, 11}, ALL_DONE, NONE, NONE}, {"lost", "lost"}},
};

/* A Produce request: what of it had been written before, and what is written in the call. */
static const struct socket_cell {
	const char *how;
	int64_t before, in_call;
	const char *verdicts[2];
} socket_cells[] = {
	{"connect", 0, 0, {"blind", "blind"}},
	{"send", 0, FRAME_BYTES, {"blind", "at_risk"}},
	{"half", 0, FRAME_BYTES / 2, {"blind", "lost"}},
	{"rest", FRAME_BYTES / 2, FRAME_BYTES - FRAME_BYTES / 2, {"lost", "at_risk"}},
	{"close", FRAME_BYTES, 0, {"at_risk", "at_risk"}},
};

struct range {
	uint64_t begin, end;
};

static struct {
	pid_t pid, walker;
	char *traces, *copies; /* folders */
	const unsigned char *map;
	unsigned char *last;
	size_t bytes;
	struct range known[16]; /* code that may store into the trace */
	int ranges;
	int64_t taken;
	int64_t taken_at[STATES_MAX];
	int states;
	long steps;
} now;

/* ---- the debugger ---------------------------------------------------------------- */

static void host_start(const char *how, const char *address)
{
	static char preload[512], folder[512];

	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", PATH_SHIM);
	snprintf(folder, sizeof(folder), "UNFLUSHED_DIR=%s", now.traces);
	now.pid = fork();
	assert_true(now.pid >= 0);
	if (now.pid == 0) {
		char *argv[] = {"stops_between", (char *)how, (char *)address, NULL};
		char *envp[] = {preload, folder, NULL};

		/* A group of its own: nobody else's end is waited for. */
		if (setpgid(0, 0) == 0 && ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
			execve(PATH_HOSTS "/stops_between", argv, envp);
		_exit(77);
	}
	int status;

	assert_int_equal(waitpid(now.pid, &status, 0), now.pid);
	if (WIFEXITED(status))
		skip_because("ptrace is not allowed here");
	assert_int_equal(ptrace(PTRACE_SETOPTIONS, now.pid, NULL,
				PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL),
			 0);
}

/* Lets all run until main stops itself; their own stops are none of the host's. */
static void run_to_stop(void)
{
	int status;

	ptrace(PTRACE_CONT, now.pid, NULL, NULL);
	for (;;) {
		pid_t who = waitpid(-now.pid, &status, __WALL);

		assert_true(who > 0);
		if (who == now.pid && !WIFSTOPPED(status))
			fail_msg("the host has ended: 0x%x", (unsigned)status);
		if (!WIFSTOPPED(status))
			continue;
		int signal = WSTOPSIG(status);

		if (who == now.pid && signal == SIGSTOP)
			return;
		ptrace(PTRACE_CONT, who, NULL,
		       signal == SIGTRAP || signal == SIGSTOP ? 0 : signal);
	}
}

static void host_end(void)
{
	int status;
	pid_t who;

	kill(now.pid, SIGKILL);
	do
		who = waitpid(-now.pid, &status, __WALL);
	while (who > 0 && (who != now.pid || WIFSTOPPED(status)));
}

static bool step(struct user_regs_struct *registers)
{
	int status;

	assert_int_equal(ptrace(PTRACE_SINGLESTEP, now.walker, NULL, NULL), 0);
	assert_int_equal(waitpid(now.walker, &status, __WALL), now.walker);
	if (!WIFSTOPPED(status) || WSTOPSIG(status) == SIGSTOP)
		return false;
	now.steps++;
	return ptrace(PTRACE_GETREGS, now.walker, NULL, registers) == 0;
}

/* ---- what a kill would leave behind ---------------------------------------------- */

static void ranges_find(void)
{
	char path[64], line[512], permissions[8];
	unsigned long begin, end;

	snprintf(path, sizeof(path), "/proc/%d/maps", now.pid);
	FILE *maps = fopen(path, "re");

	assert_non_null(maps);
	now.ranges = 0;
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %7s", &begin, &end, permissions) == 3 &&
		    permissions[2] == 'x' &&
		    (strstr(line, "libunflushed.so") || strstr(line, "/libc.so.6")))
			now.known[now.ranges++] = (struct range){begin, end};
	}
	fclose(maps);
	assert_true(now.ranges >= 2);
}

static bool is_known(uint64_t address)
{
	for (int i = 0; i < now.ranges; i++)
		if (address >= now.known[i].begin && address < now.known[i].end)
			return true;
	return false;
}

/* It is there from the moment on that it has its name. */
static bool trace_map(void)
{
	DIR *folder = opendir(now.traces);
	struct dirent *entry;
	char path[1024];
	struct stat stat;

	while (!now.map && (entry = readdir(folder))) {
		const char *ending = strstr(entry->d_name, TRACE_SUFFIX);

		if (!ending || strcmp(ending, TRACE_SUFFIX) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", now.traces, entry->d_name);
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		assert_true(fd >= 0 && fstat(fd, &stat) == 0);
		now.bytes = (size_t)stat.st_size;
		now.map = mmap(NULL, now.bytes, PROT_READ, MAP_SHARED, fd, 0);
		assert_true(now.map != MAP_FAILED);
		close(fd);
		now.last = calloc(1, now.bytes);
	}
	closedir(folder);
	return now.map != NULL;
}

/* As the trace of a process that is gone. */
static void copy_write(void)
{
	const struct trace_header *header = (const struct trace_header *)now.last;
	unsigned char *copy = malloc(now.bytes);
	char path[1024];

	assert_true(now.states < STATES_MAX);
	memcpy(copy, now.last, now.bytes);
	for (int i = 0; i < TRACE_SECTIONS; i++) {
		struct trace_process *process =
			(struct trace_process *)(copy + header->sections[i].offset);

		if (header->sections[i].kind == SECTION_PROCESS)
			process->pid = FIRST_PID + now.states;
	}
	snprintf(path, sizeof(path), "%s/%06d%s", now.copies, now.states, TRACE_SUFFIX);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(copy, 1, now.bytes, file), now.bytes);
	fclose(file);
	free(copy);
	now.taken_at[now.states++] = now.taken;
}

static void look(bool also_if_the_same)
{
	if (!now.map && !trace_map())
		return;
	if (!also_if_the_same && now.states > 0 && memcmp(now.last, now.map, now.bytes) == 0)
		return;
	memcpy(now.last, now.map, now.bytes);
	copy_write();
}

/* ---- the walk ------------------------------------------------------------------------ */

#define SYSCALL_OPCODE 0x050f

/* Of the system call that is made by this instruction; -1: it makes none. */
static long call_at(const struct user_regs_struct *registers)
{
	errno = 0;
	long text = ptrace(PTRACE_PEEKTEXT, now.walker, (void *)registers->rip, NULL);

	return errno == 0 && (text & 0xffff) == SYSCALL_OPCODE ? (long)registers->rax : -1;
}

static bool is_send(long call)
{
	return call == SYS_sendto || call == SYS_sendmsg;
}

static bool is_receive(long call)
{
	return call == SYS_recvfrom || call == SYS_recvmsg;
}

static void peek(uint64_t address, void *to, size_t bytes)
{
	struct iovec here = {to, bytes}, there = {(void *)address, bytes};

	assert_int_equal(process_vm_readv(now.walker, &here, 1, &there, 1, 0), bytes);
}

/* The first bytes that a call of send or receive is about, and how many are in all. */
static size_t bytes_of(long call, const struct user_regs_struct *registers,
		       unsigned char head[REQUEST_HEAD])
{
	bool is_message = call == SYS_sendmsg || call == SYS_recvmsg;
	struct msghdr message = {0};
	struct iovec parts[16] = {{(void *)registers->rsi, (size_t)registers->rdx}};
	size_t count = 1, bytes = 0;

	if (is_message) {
		peek(registers->rsi, &message, sizeof(message));
		count = message.msg_iovlen < 16 ? message.msg_iovlen : 16;
		peek((uint64_t)message.msg_iov, parts, count * sizeof(*parts));
	}
	memset(head, 0, REQUEST_HEAD);
	for (size_t i = 0; i < count; i++)
		bytes += parts[i].iov_len;
	if (count)
		peek((uint64_t)parts[0].iov_base, head,
		     parts[0].iov_len < REQUEST_HEAD ? parts[0].iov_len : REQUEST_HEAD);
	return bytes;
}

static int64_t number_at(const unsigned char *at)
{
	return (int64_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

/* What came of the Produce request; a client asks for other things, too, when it likes. */
static struct {
	int64_t number; /* its correlation id; -1: not sent yet */
	bool head_read; /* of its answer, in a call of its own */
	bool answered;
} request;

static void sent(long call, const struct user_regs_struct *registers)
{
	unsigned char head[REQUEST_HEAD];
	size_t bytes = bytes_of(call, registers, head);
	bool is_whole = number_at(head) + 4 == (int64_t)bytes;

	if (is_whole && (head[4] || head[5]))
		return;
	now.taken += (int64_t)registers->rax;
	if (is_whole)
		request.number = number_at(head + 8);
}

static void received(long call, const struct user_regs_struct *registers)
{
	unsigned char head[REQUEST_HEAD];

	request.answered |= request.head_read;
	bytes_of(call, registers, head);
	if (request.number >= 0 && registers->rax == ANSWER_HEAD &&
	    number_at(head + 4) == request.number)
		request.head_read = true;
}

/* Until main stops itself, or exits, or another thread waits after it got its answer. */
static void walk(void)
{
	struct user_regs_struct registers;

	request.number = -1;
	request.head_read = request.answered = false;
	look(true);
	assert_int_equal(ptrace(PTRACE_GETREGS, now.walker, NULL, &registers), 0);
	for (;;) {
		bool known = is_known(registers.rip);
		long call = known ? call_at(&registers) : -1;

		if (call == SYS_exit_group || (request.answered && call == SYS_poll) ||
		    !step(&registers))
			break;
		if (is_send(call) && (int64_t)registers.rax > 0)
			sent(call, &registers);
		if (is_receive(call) && (int64_t)registers.rax > 0)
			received(call, &registers);
		if (known)
			look(is_send(call));
	}
	look(true);
}

/* Of the host's threads the one with this name, stopped. */
static pid_t thread_stop(const char *name)
{
	char path[80], comm[32] = "";
	pid_t found = 0;
	int status;

	snprintf(path, sizeof(path), "/proc/%d/task", now.pid);
	DIR *tasks = opendir(path);
	struct dirent *task;

	while (!found && (task = readdir(tasks))) {
		snprintf(path, sizeof(path), "/proc/%d/task/%.16s/comm", now.pid, task->d_name);
		char *text = file_read(path);

		snprintf(comm, sizeof(comm), "%s", text ? text : "");
		free(text);
		comm[strcspn(comm, "\n")] = '\0';
		if (strcmp(comm, name) == 0)
			found = atoi(task->d_name);
	}
	closedir(tasks);
	if (!found)
		fail_msg("the host has no thread '%s'", name);
	assert_int_equal(syscall(SYS_tgkill, now.pid, found, SIGSTOP), 0);
	assert_int_equal(waitpid(found, &status, __WALL), found);
	return found;
}

/* Gives the copies' report. */
static json_t *steps_try(const char *how, const char *thread, const char *address)
{
	now.traces = scratch_name("-traces");
	now.copies = scratch_name("-copies");
	now.map = NULL;
	now.taken = now.states = 0;
	now.steps = 0;
	mkdir(now.traces, 0700);
	mkdir(now.copies, 0700);
	host_start(how, address);
	run_to_stop();
	now.walker = now.pid;
	if (thread) {
		now.walker = thread_stop(thread);
		run_to_stop();
	}
	ranges_find();
	walk();
	host_end();

	struct ended ended = tool_run("report --format json %s", now.copies);
	json_t *summary = json_loads(ended.out, 0, NULL);

	print_message("%s: %ld steps, %d states\n", how, now.steps, now.states);
	if (!summary)
		fail_msg("%s: %s", how, ended.err);
	law_assert(summary);
	ended_free(&ended);
	return summary;
}

/* ---- what is said of each copy ------------------------------------------------------- */

static json_t *copy_of(json_t *summary, int state)
{
	json_t *process;
	size_t i;

	json_array_foreach(json_path(summary, "processes"), i, process)
	{
		if (json_number(process, "pid") == FIRST_PID + state)
			return process;
	}
	fail_msg("of copy %d nothing is said", state);
	return NULL;
}

/* What is not known is said of nobody. */
static int64_t number_of(json_t *process, const char *path)
{
	json_t *number = json_path(process, path);

	return number && !json_is_null(number) ? json_number(process, path) : 0;
}

static void copy_fail(json_t *process, int state, const char *why)
{
	char *text = json_dumps(process, JSON_INDENT(1));

	print_error("%s\n", text);
	free(text);
	fail_msg("copy %d of %d: %s", state, now.states, why);
}

static void verdict_assert(json_t *summary, int state, const char *verdict)
{
	json_t *process = copy_of(summary, state);

	if (strcmp(json_text(process, "verdict"), verdict) != 0)
		copy_fail(process, state, verdict);
}

static bool is_verdict(json_t *process, const char *verdict)
{
	return strcmp(json_text(process, "verdict"), verdict) == 0;
}

/* Copies are in order of time: a count goes from the first to the second once. */
static void count_assert(json_t *summary, const char *path, const int wanted[2])
{
	bool arrived = false;

	for (int i = 0; i < now.states; i++) {
		json_t *process = copy_of(summary, i);
		int64_t count = number_of(process, path);

		if (count != wanted[arrived] && count != wanted[1])
			copy_fail(process, i, path);
		arrived |= count == wanted[1];
	}
	assert_true(arrived);
}

/* What the kernel has taken whole is not unsent; what is outstanding is not clean. */
static void losses_assert(json_t *summary)
{
	for (int i = 0; i < now.states; i++) {
		json_t *process = copy_of(summary, i);

		if (number_of(process, "producers.0.messages.outstanding") > 0 &&
		    is_verdict(process, "clean"))
			copy_fail(process, i, "clean, and one is outstanding");
		if (now.taken_at[i] > 0 &&
		    (is_verdict(process, "lost") ||
		     number_of(process, "producers.0.messages.unsent") > 0))
			copy_fail(process, i, "unsent, and the kernel has it");
	}
}

static void verdicts_print(json_t *summary)
{
	const char *last = "";

	for (int i = 0; i < now.states; i++) {
		json_t *process = copy_of(summary, i);
		const char *verdict = json_text(process, "verdict");

		if (strcmp(verdict, last) != 0)
			print_message("    from %d on %s\n", i, verdict);
		last = verdict;
	}
}

static void messages_try(const struct message_cell *cell)
{
	struct broker *broker = broker_start();
	json_t *summary = steps_try(cell->how, cell->thread, broker_address(broker));

	verdicts_print(summary);
	count_assert(summary, "producers.0.messages.produced", cell->counts.produced);
	count_assert(summary, "producers.0.messages.delivered", cell->counts.delivered);
	count_assert(summary, "producers.0.messages.rejected", cell->counts.rejected);
	count_assert(summary, "producers.0.reports_unserved", cell->counts.unserved);
	losses_assert(summary);
	verdict_assert(summary, 0, cell->verdicts[0]);
	verdict_assert(summary, now.states - 1, cell->verdicts[1]);
	json_decref(summary);
	broker_stop(broker);
}

static void killed_at_any_instruction_messages_add_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(message_cells) / sizeof(*message_cells); i++)
		messages_try(&message_cells[i]);
}

/* At most so many bytes are said to be with the kernel as it has; of a whole request none is
 * said to be lost. */
static void bytes_assert(const struct socket_cell *cell, json_t *summary)
{
	for (int i = 0; i < now.states; i++) {
		json_t *process = copy_of(summary, i);
		int64_t taken = cell->before + now.taken_at[i];
		int64_t said = json_path(process, "sockets.0")
				       ? json_number(process, "sockets.0.bytes.accepted")
				       : 0;

		if (said > taken || (i == now.states - 1 && said != taken))
			copy_fail(process, i, "bytes");
		if (taken == FRAME_BYTES && is_verdict(process, "lost"))
			copy_fail(process, i, "lost, and the kernel has it");
		if (is_verdict(process, "clean"))
			copy_fail(process, i, "clean without an answer");
	}
}

static void sockets_try(const struct socket_cell *cell)
{
	struct fake *sink = fake_start_as("sink", "");
	json_t *summary = steps_try(cell->how, NULL, fake_address(sink));

	verdicts_print(summary);
	assert_int_equal(now.taken, cell->in_call);
	bytes_assert(cell, summary);
	verdict_assert(summary, 0, cell->verdicts[0]);
	verdict_assert(summary, now.states - 1, cell->verdicts[1]);
	json_decref(summary);
	json_decref(fake_stop(sink));
}

static void killed_at_any_instruction_bytes_add_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(socket_cells) / sizeof(*socket_cells); i++)
		sockets_try(&socket_cells[i]);
}

#else

static void killed_at_any_instruction_messages_add_up(void **state)
{
	(void)state;
	skip_because("what a system call looks like is only known of x86-64 here");
}

static void killed_at_any_instruction_bytes_add_up(void **state)
{
	killed_at_any_instruction_messages_add_up(state);
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_at_any_instruction_messages_add_up),
		cmocka_unit_test(killed_at_any_instruction_bytes_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
