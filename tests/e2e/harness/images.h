/* SPDX-License-Identifier: Apache-2.0 */
/*
 * images.h - one cell of test_images: one image, sent by one client to one
 * reader.
 */
#ifndef IMAGES_H
#define IMAGES_H

#include "harness.h"

#define STALL_MS 2000	  /* of the reader that stalls */
#define PEER_BUFFER 65536 /* of the slow ones, doubled by the kernel */

struct client {
	const char *name;
	int acks; /* -1: no Kafka */
};

struct buffer {
	const char *name;
	int bytes; /* as asked for; 0: not asked */
};

struct reader {
	const char *name, *broker, *sink; /* options of the one and the other */
};

/* What is left of a cell once it was tried. */
struct cell {
	char verdict[16];
	bool skipped, arrived;
	int64_t accepted, stalled_ms, fill; /* per cent, at most */
	char wrong[128];		    /* what it breaks; "" if nothing */
};

/* One cell while it is tried. */
struct trial {
	const struct client *client;
	const struct buffer *buffer;
	const struct reader *reader;
	int64_t size;
	const char *image;
	struct story story; /* .truth: what the peer says */
	json_t *socket;	    /* that carried the image */
	struct cell *cell;
};

bool trial_is_kafka(const struct trial *trial);
bool trial_is_curl(const struct trial *trial);
/* Holds what is reported against what arrived; the first rule broken goes to
 * cell->wrong. */
void trial_check(struct trial *trial);

#endif
