/* SPDX-License-Identifier: Apache-2.0 */
/*
 * by.h - all messages of a run as a table by one key: site, topic, broker, exe or minute.
 *
 * Sums are exact: messages whose row is not known are in the rest, and no row has more than
 * certainly belong to it.
 *
 *	exe	the program that a process runs, as in its signatures
 *	minute	in which a process ended, in UTC
 *	topic	messages produced to it; the lost ones where the producer has no other topic, or
 *		where all of its missing messages are lost in the same way
 *	site	the line that produced; the lost ones as for topic, or the number that is
 *		certainly of that line
 *	broker	to which a producer wrote, if it wrote to only one
 *
 * A process counts in each row that it has messages in; its end is in first and last.
 */
#ifndef UNFLUSHED_CHOOSE_BY_H
#define UNFLUSHED_CHOOSE_BY_H

#include "model/model.h"

#define BY_KEYS "site|topic|broker|exe|minute"
#define BY_ORDERS "lost|possible|produced|processes|first|last"

struct by_given {
	const char *by;	   /* one of BY_KEYS; NULL: no table */
	const char *order; /* one of BY_ORDERS; NULL: worst first, minutes by time */
	long listed;	   /* how many rows are listed; 0: the default */
};

/* Makes run->by, and sets run->order and run->listed; to be called after findings_raise(). */
void by_make(struct run *run, const struct by_given *given);

#endif
