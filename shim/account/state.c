/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.c - see state.h.
 */
#include "account/state.h"

GUEST_STATE(struct account_state, account_state);
