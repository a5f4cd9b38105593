/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_spawn.c - functions inside which libc makes a child without calling the stand-ins of
 * fork() and exec.
 *
 * The connections that such a child will have are marked as shared before it runs: it may use
 * them, and this process may be killed, before the call returns. If there is no child, the
 * marks are removed. The real calls get the host's arguments; its file actions are only read. A
 * connection that another thread makes between this and the child's start is missed.
 * pidfd_spawn (glibc 2.39) has no stand-in: a host that checks whether its libc has the
 * function would find the guest's in an older libc, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <string.h>

#include "calls/calls.h"
#include "guest/guest.h"
#include "guest/markfile.h"
#include "guest/raw.h"
#include "process/spawn_actions.h"
#include "socket/fdtable.h"
#include "socket/handover.h"
#include "trace/record.h"

static bool recording(void)
{
	return __atomic_load_n(guest_phase_word, __ATOMIC_ACQUIRE) == GUEST_RECORDING;
}

/* True if connections were marked. */
static bool share(struct handover *handover, handover_reach *reaches, const void *context)
{
	fork_board_spoil();
	if (!recording())
		return false;
	handover_begin(handover, reaches, context);
	return true;
}

static void unshare(const struct handover *handover, bool shared)
{
	if (shared && recording())
		handover_undo(handover);
}

/* ---- posix_spawn ---- */

struct plan {
	struct spawn_actions actions;
	bool is_jvm_helper;
};

/*
 * The JDK's helper (jspawnhelper) inherits all of a JVM's connections, which are not
 * close-on-exec, and closes them before it execs the program: a connection that it has for a
 * moment ends as if only the JVM had it.
 */
static bool is_jvm_helper(const char *path)
{
	const char *name = path ? strrchr(path, '/') : NULL;

	return name && !strcmp(name, "/jspawnhelper");
}

static bool reaches_spawn(int fd, const void *context)
{
	const struct plan *plan = context;

	if (plan->is_jvm_helper && fd > 2)
		return false;
	long flags = RAW_3(SYS_fcntl, fd, F_GETFD, 0);

	return flags < 0 || spawn_actions_leave(&plan->actions, fd, flags & FD_CLOEXEC);
}

/* A host that was linked before glibc 2.15 is bound to a version of posix_spawn that also runs
 * scripts without a #! line; which version it means is not known here. */
static int spawn(struct call *call, pid_t *pid, const char *path, bool along_path,
		 const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
		 char *const *argv, char *const *envp)
{
	struct handover handover;
	struct plan plan;
	pid_t started = 0;

	if (recording()) {
		plan.is_jvm_helper = is_jvm_helper(path);
		spawn_actions_find(&plan.actions, actions);
	}
	bool shared = share(&handover, reaches_spawn, &plan);
	int given = REAL(posix_spawn, call)(&started, path, actions, attributes, argv, envp);

	call->error = errno;
	if (given != 0) {
		unshare(&handover, shared);
		return given;
	}
	if (pid)
		*pid = started;
	mark_started(started, path, along_path);
	return given;
}

int on_posix_spawn(struct call *call, pid_t *pid, const char *path,
		   const posix_spawn_file_actions_t *actions,
		   const posix_spawnattr_t *attributes, char *const *argv, char *const *envp)
{
	return spawn(call, pid, path, false, actions, attributes, argv, envp);
}

/* The only difference is where libc searches for the file, in the real call. */
int on_posix_spawnp(struct call *call, pid_t *pid, const char *file,
		    const posix_spawn_file_actions_t *actions,
		    const posix_spawnattr_t *attributes, char *const *argv, char *const *envp)
{
	return spawn(call, pid, file, true, actions, attributes, argv, envp);
}

void on_posix_spawn_file_actions_addclose(const struct call *call, int given,
					  posix_spawn_file_actions_t *actions, int fd)
{
	(void)call;
	if (given == 0)
		spawn_actions_note(actions, SPAWN_CLOSE, fd, 0);
}

void on_posix_spawn_file_actions_adddup2(const struct call *call, int given,
					 posix_spawn_file_actions_t *actions, int fd, int to)
{
	(void)call;
	if (given == 0)
		spawn_actions_note(actions, SPAWN_DUPLICATE, fd, to);
}

/* The opened file replaces what the descriptor number was before. */
void on_posix_spawn_file_actions_addopen(const struct call *call, int given,
					 posix_spawn_file_actions_t *actions, int fd,
					 const char *path, int flags, mode_t mode)
{
	(void)path;
	(void)flags;
	(void)mode;
	on_posix_spawn_file_actions_addclose(call, given, actions, fd);
}

void on_posix_spawn_file_actions_addclosefrom_np(const struct call *call, int given,
						 posix_spawn_file_actions_t *actions, int from)
{
	(void)call;
	if (given == 0)
		spawn_actions_note(actions, SPAWN_CLOSE_FROM, from, 0);
}

/* These do not concern descriptors, but an action that is not noted would count as unknown. */
void on_posix_spawn_file_actions_addchdir_np(const struct call *call, int given,
					     posix_spawn_file_actions_t *actions,
					     const char *path)
{
	(void)call;
	(void)path;
	if (given == 0)
		spawn_actions_note(actions, SPAWN_ELSEWHERE, 0, 0);
}

void on_posix_spawn_file_actions_addfchdir_np(const struct call *call, int given,
					      posix_spawn_file_actions_t *actions, int fd)
{
	(void)fd;
	on_posix_spawn_file_actions_addchdir_np(call, given, actions, NULL);
}

/* ---- children that run a shell ---- */

FILE *on_popen(struct call *call, const char *command, const char *mode)
{
	struct handover handover;
	bool shared = share(&handover, handover_reaches_exec, NULL);
	FILE *given = REAL(popen, call)(command, mode);

	call->error = errno;
	if (!given)
		unshare(&handover, shared);
	return given;
}

/* -1 may also mean that the shell ran and could not be waited for: marks are not removed. */
int on_system(struct call *call, const char *command)
{
	struct handover handover;

	if (command)
		share(&handover, handover_reaches_exec, NULL);
	int given = REAL(system, call)(command);

	call->error = errno;
	return given;
}

/* ---- forks under other names ---- */

/* The parent exits inside the call. In the child the guest's state is zero. */
int on_daemon(struct call *call, int stay, int keep)
{
	struct handover handover;
	bool shared = share(&handover, handover_reaches_all, NULL);
	int given = REAL(daemon, call)(stay, keep);

	call->error = errno;
	if (shared && !recording())
		record_forked();
	else if (given != 0)
		unshare(&handover, shared);
	return given;
}

/*
 * Whether the child runs beside its parent. Not with CLONE_VFORK: the parent waits until the
 * child has called exec, which is seen, or has ended. Nor with CLONE_FILES: that makes a
 * thread.
 */
static bool goes_on_by_itself(int flags)
{
	return !(flags & (CLONE_FILES | CLONE_VFORK));
}

#define WITH_PARENT_WORD (CLONE_PARENT_SETTID | CLONE_PIDFD)
#define WITH_CHILD_WORD (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)

int on_clone(struct call *call, int (*run)(void *), void *stack, int flags, void *argument,
	     va_list more)
{
	struct handover handover;
	bool shared = goes_on_by_itself(flags) && share(&handover, handover_reaches_all, NULL);
	void *words[3] = {NULL, NULL, NULL};
	int count = flags & WITH_CHILD_WORD    ? 3
		    : flags & CLONE_SETTLS     ? 2
		    : flags & WITH_PARENT_WORD ? 1
					       : 0;

	/* Reads as many arguments as the flags require. */
	for (int i = 0; i < count; i++)
		words[i] = va_arg(more, void *);
	int given =
		REAL(clone, call)(run, stack, flags, argument, words[0], words[1], words[2]);

	call->error = errno;
	if (given < 0)
		unshare(&handover, shared);
	return given;
}
