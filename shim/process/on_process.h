/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_process.h - the end of the process, for entry/start.c.
 */
#ifndef UNFLUSHED_ON_PROCESS_H
#define UNFLUSHED_ON_PROCESS_H

/* Our destructor runs: exit() was called, or main returned. */
void process_destructors_run(void);

/* libc's own, past our table's rows. */
int process_real_execve(const char *path, char *const *argv, char *const *envp);
int process_real_execvpe(const char *file, char *const *argv, char *const *envp);

#endif
