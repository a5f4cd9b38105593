/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong.c - takes what send() sent for all of it
 *
 * raises: send-timeout
 * run: --broker-rtt 1
 * links: rdkafka threads
 */
#include "../../server.h"

#include <sys/time.h>

static char image[2000000];

/* --8<-- */
static bool send_image(int fd, const char *bytes, size_t count)
{
	struct timeval patience = {.tv_usec = 200000};

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	return send(fd, bytes, count, MSG_NOSIGNAL) > 0; /* of how many? */
}
/* --8<-- */

int main(int argc, char **argv)
{
	deliver_one(argv[argc - 1]);
	int fd = connect_to_server(1500, 0);
	fix_send_buffer(fd, 65536);
	bool sent = send_image(fd, image, sizeof(image));
	close(fd);
	return !sent || server_received() != sizeof(image);
}
