/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markfile.h - tells `unflushed run` of processes that may have no trace.
 *
 * Lines are added to the file that UNFLUSHED_MARK names, when it does; each is
 * one write and begins with a pid:
 *
 *	PID             the shim was loaded into it (each exec loads anew)
 *	PID REASON      its shim fell silent
 *	PID >PROGRAM    it is about to become this program, by exec
 *	PID <           that exec failed
 *	PID +PROGRAM    it was started as this program, by posix_spawn
 *	PID =NAME       it has made the trace of this name
 *
 * A program is an absolute path, or a name that was not found along PATH. Of a process
 * whose last program is followed by no line of its own, nothing was seen.
 *
 * The file does not grow beyond MARK_BYTES_MAX, however long the run, but by the names of
 * traces, which take more room than their lines. Of a line that could not be added (a limit
 * of file sizes, a full disk, no descriptor left), an empty file beside it tells, whose name
 * ends in MARK_MISSING_SUFFIX.
 *
 * Safe in a child of vfork, in a signal handler, and before the constructor.
 */
#ifndef UNFLUSHED_GUEST_MARKFILE_H
#define UNFLUSHED_GUEST_MARKFILE_H

#include <stdbool.h>
#include <sys/types.h>

void mark_loaded(void);
void mark_silent(const char *reason);
/* The trace has been made and has its file name `name`. If `unflushed run` does not find that
 * file afterwards, it was removed by another process. */
void mark_traced(const char *name);

/* As execveat() takes them: `path` relative to the directory `at` (AT_FDCWD), or
 * empty: the file `at` itself. False: nothing was written, or no such file. */
bool mark_becomes(int at, const char *path);
/* As execvp() takes it. */
bool mark_becomes_found(const char *file);
/* The exec failed. Only after mark_becomes() or mark_becomes_found() returned true. */
void mark_stays(void);

/* As posix_spawn() takes it or, `along_path`, posix_spawnp(). */
void mark_started(pid_t pid, const char *file, bool along_path);

#endif
