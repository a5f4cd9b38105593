/* SPDX-License-Identifier: Apache-2.0 */
/*
 * by_hand.c - has a Kafka client of its own: who looks into the program finds that.
 */
#include <stdio.h>

static const char *const requests[] = {"kafka.Produce", "kafka.Metadata"};

int main(int argc, char **argv)
{
	(void)argv;
	printf("knows %s\n", requests[argc > 1]);
	return 0;
}
