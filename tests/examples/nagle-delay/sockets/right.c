/* SPDX-License-Identifier: Apache-2.0 */
/*
 * right.c - writes a request in one call, and waits for its answer
 *
 * run: --broker-rtt 1
 * links: rdkafka threads
 */
#include "../../server.h"

#include <sys/uio.h>

/* --8<-- */
static int ask(int fd, char *header, size_t header_bytes, char *body, size_t body_bytes)
{
	struct iovec parts[] = {{header, header_bytes}, {body, body_bytes}};
	ssize_t whole = (ssize_t)(header_bytes + body_bytes);
	char answer;

	if (writev(fd, parts, 2) != whole) /* together; TCP_NODELAY is the other way */
		return -1;
	return recv(fd, &answer, 1, 0) == 1 ? answer : -1;
}
/* --8<-- */

int main(int argc, char **argv)
{
	char header[4] = {0}, body[REQUEST_BYTES - sizeof(header)] = {0};
	int fd, answers = 0;

	deliver_one(argv[argc - 1]);
	fd = connect_to_server(0, 1);
	for (int request = 0; request < 45; request++)
		answers += ask(fd, header, sizeof(header), body, sizeof(body)) == 0;
	close(fd);
	server_received();
	return answers != 45;
}
