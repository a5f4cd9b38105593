/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_process.c - forks, execs and exits.
 *
 * Some ways to end a process call none of these functions: SIGKILL, a raw
 * exit_group, a failed assertion. So the end record that is written here is
 * provisional and only says how the process meant to end; counters are valid to
 * the last instant, and a destructor that runs after the guest's may still flush.
 */
#include <alloca.h>
#include <errno.h>
#include <fcntl.h>

#include "calls/calls.h"
#include "calls/resolve.h"
#include "guest/guest.h"
#include "guest/markfile.h"
#include "process/on_process.h"
#include "socket/ending.h"
#include "socket/fdtable.h"
#include "socket/handover.h"
#include "trace/map.h"
#include "trace/record.h"
#include "trace/writer.h"

extern char **environ;

/* False in a child of vfork, which runs on its parent's memory: its end is not the parent's. */
static bool leaves(void)
{
	return guest_phase() == GUEST_RECORDING && !guest_is_borrowed();
}

static void end_write(enum trace_how how, int32_t status)
{
	struct trace_process *process = trace->process;

	process->end_ns = guest_now_ns();
	process->status = status;
	if (how != HOW_ABORT && how != HOW_EXEC)
		process->end_thread = (int32_t)RAW_0(SYS_gettid);
	__atomic_store_n(&process->how, how, __ATOMIC_RELEASE);
	writer_event_at(process->end_ns, EVENT_PROCESS_END, 0, how, status);
}

static void leave(enum trace_how how, int32_t status)
{
	if (!leaves())
		return;
	struct guest_thread *self = guest_this_thread();
	bool entered = guest_enter_anyhow(self);

	socket_end_all();
	end_write(how, status);
	guest_leave_anyhow(self, entered);
}

void on_leave_exit(const struct call *call, int status)
{
	(void)call;
	leave(HOW_EXIT, status & 0xff);
}

void on_leave__exit(const struct call *call, int status)
{
	(void)call;
	leave(HOW_UNDERSCORE_EXIT, status & 0xff);
}

void on_leave__Exit(const struct call *call, int status)
{
	on_leave__exit(call, status);
}

void on_leave_quick_exit(const struct call *call, int status)
{
	(void)call;
	leave(HOW_QUICK_EXIT, status & 0xff);
}

void on_leave_abort(const struct call *call)
{
	(void)call;
	leave(HOW_ABORT, TRACE_UNKNOWN);
}

bool process_destructors_run(void)
{
	if (!leaves() || trace->process->how != HOW_UNKNOWN)
		return false;
	leave(HOW_RETURN, TRACE_UNKNOWN);
	return true;
}

void on_fork(const struct call *call, pid_t given)
{
	(void)call;
	/* In the child the state is zero: the guest wakes there at the first event. */
	if (given == 0) {
		guest_forked();
		record_forked();
		fork_board_forked();
		fdtable_look_again();
	}
	if (given > 0)
		fork_board_spoil();
	if (given <= 0 ||
	    __atomic_load_n(guest_phase_word, __ATOMIC_ACQUIRE) != GUEST_RECORDING)
		return;
	struct guest_thread *self = guest_this_thread();
	bool entered = guest_enter_anyhow(self);
	struct handover handover;

	__atomic_fetch_add(&trace->process->forks, 1, __ATOMIC_RELAXED);
	handover_begin(&handover, handover_reaches_all, NULL);
	writer_event(EVENT_FORK, 0, given, 0);
	guest_leave_anyhow(self, entered);
}

void on__Fork(const struct call *call, pid_t given)
{
	on_fork(call, given);
}

void on_forkpty(const struct call *call, pid_t given, int *terminal, char *name,
		const struct termios *settings, const struct winsize *size)
{
	(void)terminal;
	(void)name;
	(void)settings;
	(void)size;
	on_fork(call, given);
}

/* ---- exec ---- */

struct exec {
	struct handover handover;
	bool marked;
};

/* Also in a child of vfork, whose parent runs on. */
static void exec_begin(struct exec *exec, bool marked)
{
	struct handover *handover = &exec->handover;

	*exec = (struct exec){.marked = marked};
	if (guest_phase() == GUEST_RECORDING)
		handover_begin(handover, handover_reaches_exec, NULL);
	else if (guest_phase() == GUEST_AWAKE) /* it has no connection yet */
		fork_board_give_up(&handover->rows);
	leave(HOW_EXEC, TRACE_UNKNOWN);
}

/* exec failed: undoes exec_begin(). */
static int exec_failed(struct call *call, const struct exec *exec, int result)
{
	call->error = errno;
	if (exec->marked)
		mark_stays();
	if (guest_phase() == GUEST_RECORDING)
		handover_undo(&exec->handover);
	else
		fork_board_take_back(&exec->handover.rows);
	if (leaves()) {
		struct trace_process *process = trace->process;

		__atomic_store_n(&process->how, HOW_UNKNOWN, __ATOMIC_RELEASE);
		process->end_ns = 0;
		__atomic_fetch_add(&process->exec_failed, 1, __ATOMIC_RELAXED);
		writer_event(EVENT_EXEC_FAILED, 0, call->error, 0);
	}
	return result;
}

int on_execve(struct call *call, const char *path, char *const *argv, char *const *envp)
{
	struct exec exec;

	exec_begin(&exec, mark_becomes(AT_FDCWD, path));
	return exec_failed(call, &exec, REAL(execve, call)(path, argv, envp));
}

int on_execv(struct call *call, const char *path, char *const *argv)
{
	struct exec exec;

	exec_begin(&exec, mark_becomes(AT_FDCWD, path));
	return exec_failed(call, &exec, REAL(execv, call)(path, argv));
}

int on_execvp(struct call *call, const char *file, char *const *argv)
{
	struct exec exec;

	exec_begin(&exec, mark_becomes_found(file));
	return exec_failed(call, &exec, REAL(execvp, call)(file, argv));
}

int on_execvpe(struct call *call, const char *file, char *const *argv, char *const *envp)
{
	struct exec exec;

	exec_begin(&exec, mark_becomes_found(file));
	return exec_failed(call, &exec, REAL(execvpe, call)(file, argv, envp));
}

int on_fexecve(struct call *call, int fd, char *const *argv, char *const *envp)
{
	struct exec exec;

	exec_begin(&exec, mark_becomes(fd, ""));
	return exec_failed(call, &exec, REAL(fexecve, call)(fd, argv, envp));
}

int on_execveat(struct call *call, int fd, const char *path, char *const *argv,
		char *const *envp, int flags)
{
	struct exec exec;

	exec_begin(&exec, mark_becomes(fd, path));
	return exec_failed(call, &exec, REAL(execveat, call)(fd, path, argv, envp, flags));
}

/* The arguments of execl() and the like are copied to an array on the caller's stack, as in
 * libc itself; `more` is then behind the closing NULL. */
static size_t arguments_count(va_list more)
{
	va_list copy;
	size_t count = 0;

	va_copy(copy, more);
	while (va_arg(copy, char *))
		count++;
	va_end(copy);
	return count;
}

static void arguments_take(char **argv, const char *first, size_t count, va_list more)
{
	argv[0] = (char *)first;
	for (size_t i = 1; i <= count + 1; i++)
		argv[i] = va_arg(more, char *);
}

/* A first argument of NULL closes the list at once: nothing follows it. */
#define ARGUMENTS(argv, first, more)                                                           \
	size_t count = (first) ? arguments_count(more) : 0;                                    \
	char **argv = alloca((count + 2) * sizeof *argv);                                      \
	argv[0] = argv[1] = NULL;                                                              \
	if (first)                                                                             \
	arguments_take(argv, (first), count, more)

int on_execl(struct call *call, const char *path, const char *first, va_list more)
{
	ARGUMENTS(argv, first, more);
	struct exec exec;

	exec_begin(&exec, mark_becomes(AT_FDCWD, path));
	return exec_failed(call, &exec, resolve_real_execve(path, argv, environ));
}

int on_execlp(struct call *call, const char *file, const char *first, va_list more)
{
	ARGUMENTS(argv, first, more);
	struct exec exec;

	exec_begin(&exec, mark_becomes_found(file));
	return exec_failed(call, &exec, resolve_real_execvpe(file, argv, environ));
}

int on_execle(struct call *call, const char *path, const char *first, va_list more)
{
	ARGUMENTS(argv, first, more);
	char **envp = va_arg(more, char **);
	struct exec exec;

	exec_begin(&exec, mark_becomes(AT_FDCWD, path));
	return exec_failed(call, &exec, resolve_real_execve(path, argv, envp));
}
