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

/* Holds back the signals that are to be passed on. Before the fork. */
void relay_begin(struct relay *relay);

/* In the child, before exec: the host gets what we got. */
void relay_restore(const struct relay *relay);

/* Passes signals to the host until it has ended; false if it cannot be waited for. `got`:
 * bit N - 1 is set for each signal N that we were sent, or got from the terminal, and that
 * the host did not send itself. */
bool relay_wait(pid_t host, int *wait_status, uint64_t *got);

/* Ends this process by the signal that ended the host, without a second core. */
void relay_die(int signal_number);

#endif
