/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program_name.h - the name of the program that a process runs, as its author would call it.
 */
#ifndef UNFLUSHED_SIGNATURE_PROGRAM_NAME_H
#define UNFLUSHED_SIGNATURE_PROGRAM_NAME_H

#include "model/model.h"

/*
 * The base name of the executable; for an interpreter, of the program that it runs:
 *
 *	/usr/bin/orders --fast			orders
 *	python3 -u /srv/orders.py 12		orders.py
 *	python3 -m shop.orders			shop.orders
 *	java -Xmx1g -cp x shop.Orders		shop.Orders
 *	java -jar /srv/orders-1.4.2.jar		orders-*.jar
 *	node --no-warnings orders.js		orders.js
 *	bash -e run.sh				run.sh
 *	python3 -c ...				python -c
 *
 * Parts that differ between builds are replaced by '*': a jar's version, uuids, and runs of
 *eight or more hexadecimal digits. Never NULL; "?" if nothing is known. Lives as long as the
 *run.
 */
const char *program_name(struct run *run, const struct process *process);

#endif
