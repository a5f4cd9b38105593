/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rubbish_frames.c - produces below a function that tells no unwinder where
 * it came from and keeps rubbish where a frame pointer is looked for: an
 * address that is not there, one that is (text), one at the end of memory.
 * links: rdkafka
 */
#include "host.h"
#include <stdint.h>
#include <unistd.h>

void call_blindly(void (*function)(void), uintptr_t rubbish);
#if defined(__x86_64__)
__asm__(".text\n"
	".globl call_blindly\n"
	".type call_blindly, @function\n"
	"call_blindly:\n\t"
	"push %rbp\n\t"
	"mov %rsi, %rbp\n\t"
	"call *%rdi\n\t"
	"pop %rbp\n\t"
	"ret\n"
	".size call_blindly, .-call_blindly\n");
#else
__asm__(".text\n"
	".globl call_blindly\n"
	".type call_blindly, %function\n"
	"call_blindly:\n\t"
	"stp x29, x30, [sp, #-16]!\n\t"
	"mov x29, x1\n\t"
	"blr x0\n\t"
	"ldp x29, x30, [sp], #16\n\t"
	"ret\n"
	".size call_blindly, .-call_blindly\n");
#endif

static rd_kafka_topic_t *topic;

static void send_order(void)
{
	if (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, "order", 5,
			     NULL, 0, NULL))
		fprintf(stderr, "refused\n");
}

int main(int argc, char **argv)
{
	rd_kafka_t *rk = host_producer(host_conf(host_bootstrap(argc, argv)));
	const uintptr_t rubbish[] = {16, (uintptr_t)main, UINTPTR_MAX - 7,
				     (uintptr_t)INTPTR_MIN};

	topic = host_topic(rk);
	for (int i = 0; i < 4; i++)
		call_blindly(send_order, rubbish[i]);
	printf("flush: %d\n", (int)rd_kafka_flush(rk, 30000));
	rd_kafka_topic_destroy(topic);
	rd_kafka_destroy(rk);
	return 0;
}
