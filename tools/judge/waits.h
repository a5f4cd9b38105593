/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_JUDGE_WAITS_H
#define UNFLUSHED_JUDGE_WAITS_H

#include "model/model.h"

/* Did the program wait for this producer's last message? By counters alone. */
enum waited waits_judge(const struct process *process, const struct producer *producer);

#endif
