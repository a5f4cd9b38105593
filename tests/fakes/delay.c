/* SPDX-License-Identifier: Apache-2.0 */
/*
 * delay.c - a network with a real round trip, for one program.
 *
 * Makes two network namespaces with a TUN device in each, and carries the
 * packets from one to the other: so much later, so many bytes a second, and
 * dropped when the queue is full, as a line would. The program runs at the
 * near end; at the far end 10.99.0.2:9999 reads all there is. Needs root,
 * namespaces and /dev/net/tun: exits 77 where they are missing.
 * delay MS BYTES_PER_SECOND QUEUE_BYTES PROGRAM [ARG...]   (0: no limit)
 * links: threads
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PACKET 2048
#define PACKETS 16384

struct packet {
	int64_t due_ns;
	size_t bytes;
	char data[PACKET];
};

/* One direction: packets leave in the order in which they came. */
struct line {
	int from, to;
	struct packet *packets;
	size_t first, count, bytes;
	int64_t free_ns; /* when the last one has been sent */
};

static int64_t delay_ns, rate;
static size_t queue_bytes;
static int listener;

static void skip(const char *what)
{
	fprintf(stderr, "delay: %s: %s\n", what, strerror(errno));
	exit(77);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* A namespace of its own with one device in it, up. */
static int end_make(const char *address)
{
	struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	struct sockaddr_in *internet = (struct sockaddr_in *)&request.ifr_addr;
	int device, control;

	if (unshare(CLONE_NEWNET) != 0)
		skip("unshare");
	device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (device < 0)
		skip("/dev/net/tun");
	strcpy(request.ifr_name, "line");
	if (ioctl(device, TUNSETIFF, &request) != 0)
		skip("TUNSETIFF");
	control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	internet->sin_family = AF_INET;
	inet_pton(AF_INET, address, &internet->sin_addr);
	if (ioctl(control, SIOCSIFADDR, &request) != 0)
		skip("SIOCSIFADDR");
	inet_pton(AF_INET, "255.255.255.0", &internet->sin_addr);
	if (ioctl(control, SIOCSIFNETMASK, &request) != 0)
		skip("SIOCSIFNETMASK");
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(control, SIOCSIFFLAGS, &request) != 0)
		skip("SIOCSIFFLAGS");
	close(control);
	return device;
}

static void far_end_listen(void)
{
	struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(9999)};

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&here, sizeof(here)) != 0 ||
	    listen(listener, 8) != 0)
		skip("listen");
}

static void *far_end_read(void *unused)
{
	static char bytes[1 << 18];

	(void)unused;
	for (;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		while (fd >= 0 && recv(fd, bytes, sizeof(bytes), 0) > 0)
			;
		close(fd);
	}
	return NULL;
}

static void line_take(struct line *line)
{
	struct packet *packet = &line->packets[(line->first + line->count) % PACKETS];
	char dropped[PACKET];
	int64_t now = now_ns();
	ssize_t got;
	int full = line->count == PACKETS || (queue_bytes && line->bytes > queue_bytes);

	got = read(line->from, full ? dropped : packet->data, PACKET);
	if (got <= 0 || full)
		return;
	packet->bytes = (size_t)got;
	if (line->free_ns < now)
		line->free_ns = now;
	if (rate)
		line->free_ns += got * 1000000000 / rate;
	packet->due_ns = line->free_ns + delay_ns;
	line->bytes += (size_t)got;
	line->count++;
}

static int64_t line_deliver(struct line *line)
{
	while (line->count && line->packets[line->first].due_ns <= now_ns()) {
		struct packet *packet = &line->packets[line->first];

		if (write(line->to, packet->data, packet->bytes) < 0 && errno == EAGAIN)
			break;
		line->bytes -= packet->bytes;
		line->first = (line->first + 1) % PACKETS;
		line->count--;
	}
	return line->count ? line->packets[line->first].due_ns : INT64_MAX;
}

static void *carry(void *ends)
{
	int *devices = ends;
	struct line lines[2] = {{.from = devices[0], .to = devices[1]},
				{.from = devices[1], .to = devices[0]}};
	struct pollfd polled[2] = {{.fd = devices[0], .events = POLLIN},
				   {.fd = devices[1], .events = POLLIN}};

	for (int i = 0; i < 2; i++)
		lines[i].packets = calloc(PACKETS, sizeof(*lines[i].packets));
	for (;;) {
		int64_t a = line_deliver(&lines[0]), b = line_deliver(&lines[1]);
		int64_t wait =
			(a < b ? a : b) == INT64_MAX ? 1000000000 : (a < b ? a : b) - now_ns();
		struct timespec timeout = {.tv_nsec = wait < 0 ? 0 : wait % 1000000000};

		ppoll(polled, 2, &timeout, NULL);
		for (int i = 0; i < 2; i++)
			if (polled[i].revents & POLLIN)
				line_take(&lines[i]);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	static int devices[2];
	int status;
	pid_t pid;

	if (argc < 5)
		return 2;
	delay_ns = atoll(argv[1]) * 1000000;
	rate = atoll(argv[2]);
	queue_bytes = (size_t)atoll(argv[3]);
	devices[1] = end_make("10.99.0.2");
	far_end_listen();
	devices[0] = end_make("10.99.0.1");
	/* Before the threads: a fork takes only the one that calls it. */
	pid = fork();
	if (pid == 0) {
		execvp(argv[4], argv + 4);
		_exit(127);
	}
	pthread_create(&thread, NULL, far_end_read, NULL);
	pthread_create(&thread, NULL, carry, devices);
	if (waitpid(pid, &status, 0) != pid)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
