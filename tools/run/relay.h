/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RUN_RELAY_H
#define UNFLUSHED_RUN_RELAY_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What must be put back in the child before it execs. */
struct relay {
	sigset_t mask;
	struct sigaction child_action;
};

/* Blocks the signals that are to be forwarded. Before the fork. */
void relay_begin(struct relay *relay);

/* In the child, before exec: restores the signal mask and dispositions that we were started
 * with. */
void relay_restore(const struct relay *relay);

/* Forwards signals to the host until it has ended; false if it cannot be waited for. `got`: bit
 * N - 1 is set for each signal N that was sent to us, by a process other than the host or by
 * the terminal. */
bool relay_wait(pid_t host, int *wait_status, uint64_t *got);

/* Ends this process by the signal that ended the host, without a second core. */
void relay_die(int signal_number);

#endif
