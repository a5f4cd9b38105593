/* SPDX-License-Identifier: Apache-2.0 */
/*
 * no_kafka.c - a program that touches neither Kafka nor a socket.
 */
#include <stdio.h>

int main(void)
{
	printf("nothing to see here\n");
	return 0;
}
