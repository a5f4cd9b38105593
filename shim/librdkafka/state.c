/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.c - see state.h.
 */
#include "librdkafka/state.h"

GUEST_STATE(struct librdkafka_state, librdkafka_state);
GUEST_THREAD(struct librdkafka_thread, librdkafka_thread);
