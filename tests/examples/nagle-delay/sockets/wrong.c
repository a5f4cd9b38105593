/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong.c - writes a request in two parts, and waits for its answer
 *
 * raises: nagle-delay
 * run: --broker-rtt 1
 * links: rdkafka threads
 */
#include "../../server.h"

/* --8<-- */
static int ask(int fd, const char *header, size_t header_bytes, const char *body,
	       size_t body_bytes)
{
	char answer;

	if (write(fd, header, header_bytes) < 0 ||
	    write(fd, body, body_bytes) < 0) /* goes out when the header is acknowledged */
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
