/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_JUDGE_WAITS_H
#define UNFLUSHED_JUDGE_WAITS_H

#include "model/model.h"

/* Did the program wait for this producer's last message? By counters alone. */
/* With --prove: its last answer was withheld, and all has arrived: it went on until then. */
bool waits_outlasted(const struct process *process, const struct producer *producer);
enum waited waits_judge(const struct process *process, const struct producer *producer);

/* Nothing was left, and its last messages had a callback or a future that the application
 * kept: a framework completes its own future by that, and whether somebody waits for it is
 * not seen. Not of one that is not looked into, or not told apart from others. */
bool waits_by_futures(const struct producer *producer);

#endif
