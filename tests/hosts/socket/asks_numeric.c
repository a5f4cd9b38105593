/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asks_numeric.c - asks whether a name is an address, then for its address.
 *
 * Clients parse "host:port" like that. The name is one that never resolves.
 */
#define _GNU_SOURCE
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>

static void ask(const char *question, int flags)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags};
	struct addrinfo *found;
	int result = getaddrinfo("kafka.invalid", "9092", &hints, &found);

	printf("%s: %s\n", question, result ? "no" : "yes");
	if (!result)
		freeaddrinfo(found);
}

int main(void)
{
	ask("an address", AI_NUMERICHOST);
	ask("resolves", 0);
	return 0;
}
