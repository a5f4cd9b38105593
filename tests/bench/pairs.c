/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairs.c - what stands between a program and the kernel costs, in one process.
 *
 * Sends through libc's function and by the bare system call take turns, in blocks, on the
 * same loopback connections; the median of the blocks' differences is what libc, and what
 * is loaded before it, adds to a call. A child reads all there is, now and then.
 * Prints the bare call's nanoseconds and the difference.
 * pairs BYTES [CONNECTIONS [BLOCKS]]       BYTES of "null": 64 bytes to /dev/null
 * pairs sample [SENDS]       64 bytes every 10.5 ms: the shim looks into the send buffer at
 * every second of them (on_bytes.c, SAMPLE_EVERY_NS). Prints the median of those that take
 * less, and how much more the others take.
 * links:
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MOST 20000

static int fds[CONNECTIONS_MOST];
static int connections = 1;

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* The kernel itself, past every function of that name. */
static long bare_call(long number, int fd, const void *bytes, size_t count)
{
#if defined(__x86_64__)
	long result;
	register long flags __asm__("r10") = 0;
	register long to __asm__("r8") = 0;
	register long to_bytes __asm__("r9") = 0;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(number), "D"(fd), "S"(bytes), "d"(count), "r"(flags), "r"(to),
			   "r"(to_bytes)
			 : "rcx", "r11", "memory");
	return result;
#else
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = fd;
	register long x1 __asm__("x1") = (long)bytes;
	register long x2 __asm__("x2") = (long)count;
	register long x3 __asm__("x3") = 0;
	register long x4 __asm__("x4") = 0;
	register long x5 __asm__("x5") = 0;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
#endif
}

static void read_all(int listener)
{
	static struct pollfd waiting[CONNECTIONS_MOST];
	static char bytes[1 << 20];
	int open = connections;

	for (int i = 0; i < connections; i++)
		waiting[i] =
			(struct pollfd){.fd = accept(listener, NULL, NULL), .events = POLLIN};
	while (open > 0) {
		poll(waiting, (nfds_t)connections, -1);
		for (int i = 0; i < connections; i++)
			if (waiting[i].revents &&
			    read(waiting[i].fd, bytes, sizeof(bytes)) <= 0) {
				close(waiting[i].fd);
				waiting[i].fd = -1;
				open--;
			}
		usleep(500); /* so that the sender is not charged with waking it */
	}
	_exit(0);
}

static void connect_all(bool read)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	struct rlimit limit;
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&address, length) != 0 ||
	    listen(listener, 4096) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &length) != 0)
		exit(2);
	if (read && fork() == 0)
		read_all(listener);
	for (int i = 0; i < connections; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM, 0);
		if (fds[i] < 0 || connect(fds[i], (struct sockaddr *)&address, length) != 0) {
			perror("connect");
			exit(2);
		}
	}
	if (read)
		close(listener);
}

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* Nanoseconds a call, over one block; each connection in its turn. */
static double block(bool bare, const char *bytes, size_t count, int calls)
{
	static int next;
	double began = now_ns();

	for (int i = 0; i < calls; i++) {
		int fd = fds[next];
		long result = bare ? bare_call(SYS_sendto, fd, bytes, count)
				   : send(fd, bytes, count, 0);

		if (result != (long)count && count)
			exit(3);
		next = next + 1 < connections ? next + 1 : 0;
	}
	return (now_ns() - began) / calls;
}

static double block_null(bool bare, const char *bytes, int calls)
{
	double began = now_ns();

	for (int i = 0; i < calls; i++)
		if ((bare ? bare_call(SYS_write, fds[0], bytes, 64)
			  : write(fds[0], bytes, 64)) != 64)
			exit(3);
	return (now_ns() - began) / calls;
}

/* Nobody reads: to wake a reader costs more than what is measured. */
static double send_after_pause(const char *bytes)
{
	double began = now_ns();

	/* Awake, so that no send is charged with the processor's waking up. */
	while (now_ns() - began < 10.5e6)
		;
	began = now_ns();
	if (send(fds[0], bytes, 64, 0) != 64)
		exit(3);
	return now_ns() - began;
}

static void sample(int sends, const char *bytes)
{
	double *took[2] = {calloc((size_t)sends, sizeof(double)),
			   calloc((size_t)sends, sizeof(double))};

	for (int i = 0; i < 2 * sends; i++)
		took[i % 2][i / 2] = send_after_pause(bytes);
	for (int i = 0; i < 2; i++)
		qsort(took[i], (size_t)sends, sizeof(double), by_value);
	double even = took[0][sends / 2], odd = took[1][sends / 2];

	printf("%.1f %.1f\n", even < odd ? even : odd, even < odd ? odd - even : even - odd);
}

int main(int argc, char **argv)
{
	bool sampling = argc > 1 && strcmp(argv[1], "sample") == 0;
	bool null = argc > 1 && strcmp(argv[1], "null") == 0;
	size_t count = argc > 1 && !null && !sampling ? (size_t)atoi(argv[1]) : 64;
	int blocks = argc > 3 ? atoi(argv[3]) : 1000;
	int calls = count > 4096 ? 16 : 128;
	char *bytes = calloc(1, count + 1);
	double *differences = calloc((size_t)blocks, sizeof(double));
	double *bares = calloc((size_t)blocks, sizeof(double));

	if (argc > 2 && !sampling)
		connections = atoi(argv[2]);
	if (connections < 1 || connections > CONNECTIONS_MOST)
		return 2;
	connect_all(!sampling);
	if (null) {
		close(fds[0]);
		fds[0] = open("/dev/null", O_WRONLY);
	}
	if (sampling)
		sample(argc > 2 ? atoi(argv[2]) / 2 : 200, bytes);
	for (int i = 0; i < (sampling ? 0 : blocks); i++) {
		double took[2];

		/* Which comes first takes turns as well. */
		for (int half = 0; half < 2; half++) {
			bool bare = (i + half) % 2;

			took[bare] = null ? block_null(bare, bytes, calls)
					  : block(bare, bytes, count, calls);
		}
		differences[i] = took[0] - took[1];
		bares[i] = took[1];
	}
	qsort(differences, (size_t)blocks, sizeof(double), by_value);
	qsort(bares, (size_t)blocks, sizeof(double), by_value);
	if (!sampling)
		printf("%.1f %.1f\n", bares[blocks / 2], differences[blocks / 2]);
	for (int i = 0; i < connections; i++)
		close(fds[i]);
	wait(NULL);
	return 0;
}
