/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sends_by_ring.c - produces and flushes, and beside that has a ring of io_uring.
 *
 * With "send" it sends 64 kB to a peer of its own through the ring; with "file" the
 * ring writes to a file, and the 64 kB go out by send(). 77: there is no io_uring.
 * sends_by_ring BOOTSTRAP send|file
 * links: rdkafka threads
 */
#define _GNU_SOURCE
#include "host.h"
#include "peer.h"
#include <linux/io_uring.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static char bytes[65536];

struct ring {
	int fd;
	char *submissions, *completions;
	struct io_uring_sqe *entries;
	struct io_uring_params params;
};

static void *map(int fd, size_t size, off_t at)
{
	void *place =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, at);

	if (place == MAP_FAILED)
		exit(77);
	return place;
}

static void ring_make(struct ring *ring)
{
	ring->fd = (int)syscall(SYS_io_uring_setup, 4, &ring->params);
	if (ring->fd < 0) {
		puts("no io_uring here");
		exit(77);
	}
	ring->submissions =
		map(ring->fd,
		    ring->params.sq_off.array + ring->params.sq_entries * sizeof(unsigned),
		    IORING_OFF_SQ_RING);
	ring->completions = map(ring->fd,
				ring->params.cq_off.cqes +
					ring->params.cq_entries * sizeof(struct io_uring_cqe),
				IORING_OFF_CQ_RING);
	ring->entries = map(ring->fd, ring->params.sq_entries * sizeof(struct io_uring_sqe),
			    IORING_OFF_SQES);
}

/* One operation, and its result. */
static int ring_do(struct ring *ring, int operation, int fd, size_t count)
{
	atomic_uint *tail =
		(atomic_uint *)(void *)(ring->submissions + ring->params.sq_off.tail);
	unsigned *array = (unsigned *)(void *)(ring->submissions + ring->params.sq_off.array);
	atomic_uint *head =
		(atomic_uint *)(void *)(ring->completions + ring->params.cq_off.head);
	struct io_uring_cqe *results =
		(struct io_uring_cqe *)(void *)(ring->completions + ring->params.cq_off.cqes);
	unsigned at = atomic_load(tail) & (ring->params.sq_entries - 1);

	ring->entries[at] = (struct io_uring_sqe){.opcode = (unsigned char)operation,
						  .fd = fd,
						  .addr = (unsigned long)bytes,
						  .len = (unsigned)count};
	array[at] = at;
	atomic_fetch_add(tail, 1);
	if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return -1;
	int result = results[atomic_load(head) & (ring->params.cq_entries - 1)].res;

	atomic_fetch_add(head, 1);
	return result;
}

static void produce_ten(const char *bootstrap)
{
	rd_kafka_t *rk = host_producer(host_conf(bootstrap));
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < 10; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), "key", 3, NULL);
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
}

int main(int argc, char **argv)
{
	bool by_ring = argc > 2 && strcmp(argv[2], "send") == 0;
	struct peer peer = {.reads_after_ms = 0};
	struct ring ring = {0};
	int fd, file, done;

	produce_ten(host_bootstrap(argc, argv));
	ring_make(&ring);
	peer_start(&peer, 0);
	fd = peer_connect(&peer, 0);
	file = memfd_create("sends_by_ring", MFD_CLOEXEC);
	done = ring_do(&ring, by_ring ? IORING_OP_SEND : IORING_OP_WRITE, by_ring ? fd : file,
		       sizeof(bytes));
	printf("the ring wrote %d\n", done);
	if (!by_ring)
		printf("sent %zd\n", send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL));
	shutdown(fd, SHUT_WR);
	peer_wait(&peer);
	printf("received %zu\n", peer.received_bytes);
	return 0;
}
