/* SPDX-License-Identifier: Apache-2.0 */
/*
 * by.h - all messages of a run as a table by one key: site, topic, broker, exe or minute.
 *
 * Sums are exact: what is not known to be of one row is in the rest, and no row is given
 * more than is known to be its own.
 *
 *	exe	what a process runs, as its signatures have it
 *	minute	in which a process ended, in UTC
 *	topic	produced to it; lost where a producer has no other, or where all that is missing
 *		of it is lost in the same way
 *	site	the line that produced; lost as topic, or at least so many by what is known of
 *it broker	to which a producer wrote, if that was one alone
 *
 * A process counts in each row that it has messages in; its end is in first and last.
 */
#ifndef UNFLUSHED_CHOOSE_BY_H
#define UNFLUSHED_CHOOSE_BY_H

#include "model/model.h"

#define BY_KEYS "site|topic|broker|exe|minute"
#define BY_ORDERS "lost|possible|produced|processes|first|last"

struct by_given {
	const char *by;	   /* of BY_KEYS; NULL: no table */
	const char *order; /* of BY_ORDERS; NULL: the worst first, minutes by time */
	long listed;	   /* 0: as many as is usual */
};

/* After findings_raise(): run->by, order and listed. */
void by_make(struct run *run, const struct by_given *given);

#endif
