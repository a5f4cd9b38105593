/* SPDX-License-Identifier: Apache-2.0 */
/*
 * family.h - findings that are one fault: which of them a run shows is a matter of time.
 */
#ifndef UNFLUSHED_FORMATS_FAMILY_H
#define UNFLUSHED_FORMATS_FAMILY_H

/* "waiting" of all that a program shows that does not wait for its last message, however far
 * that got; of any other finding its id. */
const char *family_of(const char *finding);

#endif
