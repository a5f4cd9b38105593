/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink.c - a plain TCP peer that loses data in the ways a kernel allows.
 *
 * Accepts connections one after another, prints its port, and reads: late,
 * slowly, or not at all. What it sends back (--reply) a client that never
 * reads leaves unread; what it sends late (--late-byte) meets a socket that
 * is closed already: both make the client's kernel reset the connection and
 * throw away what is still queued. With --http it answers each upload that is
 * whole. Reports what arrived as JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000ll
#define REPORTED 1000
#define QUIET_MS 200

struct settings {
	int port;
	int64_t stall_ms; /* after the first byte of a connection */
	int64_t rate;	  /* bytes a second; 0 = as they come */
	int rcvbuf;
	int64_t reply_bytes;  /* sent at once when connected */
	int64_t late_byte_ms; /* after the connection began; -1 = none */
	int64_t reset_after;  /* bytes; -1 = never */
	int64_t connections;  /* to serve; then the end */
	bool http;	      /* answer what was uploaded */
	const char *report;
};

static struct settings settings = {.late_byte_ms = -1, .reset_after = -1, .connections = 1};
static volatile sig_atomic_t stopped;
static int64_t ends_ns = INT64_MAX;

struct served {
	int64_t received;
	const char *end;
};
static struct served served[REPORTED];
static int served_count;

static const struct option options[] = {
	{"port", 1, NULL, 'p'},	       {"stall", 1, NULL, 's'},
	{"rate", 1, NULL, 'r'},	       {"rcvbuf", 1, NULL, 'b'},
	{"reply", 1, NULL, 'y'},       {"late-byte", 1, NULL, 'l'},
	{"reset-after", 1, NULL, 'R'}, {"connections", 1, NULL, 'c'},
	{"http", 0, NULL, 'h'},	       {"for", 1, NULL, 'f'},
	{"report", 1, NULL, 'o'},      {0},
};

static const char usage[] =
	"usage: sink [options]            prints its port, then reads\n"
	"  --port N             (any free one)\n"
	"  --connections N      end after so many, served one by one (1)\n"
	"  --stall MS           read nothing for so long after a connection began\n"
	"  --rate BYTES         read no more than that a second\n"
	"  --rcvbuf N           SO_RCVBUF\n"
	"  --reply BYTES        send so many as soon as connected\n"
	"  --late-byte MS       send one more, so long after it began\n"
	"  --reset-after BYTES  reset the connection\n"
	"  --http               answer 200 once a request with Content-Length is whole\n"
	"  --for SECONDS        end after so long\n"
	"  --report FILE        JSON: what arrived\n";

static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * SECOND + now.tv_nsec;
}

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static bool is_over(void)
{
	return stopped || now_ns() >= ends_ns;
}

static void wrong(void)
{
	fputs(usage, stderr);
	exit(2);
}

static int64_t number(const char *text)
{
	char *end;
	int64_t value = strtoll(text, &end, 10);
	if (*end || end == text || value < 0)
		wrong();
	return value;
}

static void take_option(int option)
{
	switch (option) {
	case 'p':
		settings.port = (int)number(optarg);
		break;
	case 's':
		settings.stall_ms = number(optarg);
		break;
	case 'r':
		settings.rate = number(optarg);
		break;
	case 'b':
		settings.rcvbuf = (int)number(optarg);
		break;
	case 'y':
		settings.reply_bytes = number(optarg);
		break;
	case 'l':
		settings.late_byte_ms = number(optarg);
		break;
	case 'R':
		settings.reset_after = number(optarg);
		break;
	case 'c':
		settings.connections = number(optarg);
		break;
	case 'h':
		settings.http = true;
		break;
	case 'f':
		ends_ns = now_ns() + (int64_t)(strtod(optarg, NULL) * 1e9);
		break;
	case 'o':
		settings.report = optarg;
		break;
	default:
		wrong();
	}
}

static int start_listening(void)
{
	struct sockaddr_in here = {.sin_family = AF_INET,
				   .sin_port = htons((uint16_t)settings.port),
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(here);
	int on = 1;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (settings.rcvbuf)
		setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &settings.rcvbuf,
			   sizeof(settings.rcvbuf));
	if (bind(listener, (struct sockaddr *)&here, length) || listen(listener, 128) ||
	    getsockname(listener, (struct sockaddr *)&here, &length)) {
		perror("sink: listen");
		exit(1);
	}
	printf("%d\n", ntohs(here.sin_port));
	fflush(stdout);
	return listener;
}

static void reply(int fd)
{
	char line[256];
	memset(line, 'r', sizeof(line));
	for (int64_t left = settings.reply_bytes; left > 0;) {
		size_t want = left < (int64_t)sizeof(line) ? (size_t)left : sizeof(line);
		ssize_t sent = send(fd, line, want, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent <= 0)
			return;
		left -= sent;
	}
}

/* Waits until `when` or until there is something to read. */
static void wait_for(int fd, bool readable, int64_t when)
{
	struct pollfd polled = {.fd = readable ? fd : -1, .events = POLLIN};
	int64_t wait = (when - now_ns()) / 1000000 + 1;
	poll(&polled, 1, wait < 0 ? 0 : wait > 100 ? 100 : (int)wait);
}

struct pace {
	int64_t read_at_ns;
	int64_t late_byte_ns; /* 0 = none due */
};

static char bytes[256 << 10];

static ssize_t read_some(int fd, struct pace *pace, int64_t received)
{
	size_t most = sizeof(bytes);
	if (settings.rate && most > (size_t)settings.rate / 50 + 1)
		most = (size_t)settings.rate / 50 + 1;
	if (settings.reset_after >= 0 && most > (size_t)(settings.reset_after - received))
		most = (size_t)(settings.reset_after - received);
	ssize_t count = recv(fd, bytes, most, MSG_DONTWAIT);
	if (count > 0 && settings.rate)
		pace->read_at_ns = now_ns() + count * SECOND / settings.rate;
	return count;
}

/* An upload's head, until its end is known. */
struct upload {
	char head[8192];
	size_t head_bytes;
	int64_t ends_at; /* the connection's byte; 0: not known yet */
};

static void upload_head(struct upload *upload, size_t count)
{
	size_t room = sizeof(upload->head) - 1 - upload->head_bytes;
	memcpy(upload->head + upload->head_bytes, bytes, count < room ? count : room);
	upload->head_bytes += count < room ? count : room;
	upload->head[upload->head_bytes] = '\0';
	const char *end = strstr(upload->head, "\r\n\r\n");
	const char *length = strcasestr(upload->head, "\r\nContent-Length:");
	if (end && length && length < end)
		upload->ends_at = end + 4 - upload->head + atoll(length + 17);
}

static void upload_note(struct upload *upload, int fd, size_t count, int64_t received)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
				     "Connection: close\r\n\r\n";
	if (!upload->ends_at)
		upload_head(upload, count);
	if (upload->ends_at && received >= upload->ends_at &&
	    received < upload->ends_at + (int64_t)count)
		send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void send_late_byte(int fd, struct pace *pace)
{
	if (!pace->late_byte_ns || now_ns() < pace->late_byte_ns)
		return;
	pace->late_byte_ns = 0;
	send(fd, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* The end is near: what the kernel holds was sent all the same. */
static const char *drained(int fd, int64_t *received)
{
	struct pollfd polled = {.fd = fd, .events = POLLIN};
	while (poll(&polled, 1, QUIET_MS) > 0) {
		ssize_t count = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (count <= 0)
			return count == 0 ? "closed" : "reset";
		*received += count;
	}
	return "open";
}

/* The close that follows throws everything away, here and there. */
static const char *will_reset(int fd)
{
	struct linger at_once = {.l_onoff = 1, .l_linger = 0};
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	return "we-reset";
}

static const char *drain(int fd, int64_t *received)
{
	struct pace pace = {.read_at_ns = now_ns() + settings.stall_ms * 1000000};
	struct upload upload = {.head_bytes = 0};
	if (settings.late_byte_ms >= 0)
		pace.late_byte_ns = now_ns() + settings.late_byte_ms * 1000000;
	while (!is_over()) {
		send_late_byte(fd, &pace);
		if (settings.reset_after >= 0 && *received >= settings.reset_after)
			return will_reset(fd);
		bool may_read = now_ns() >= pace.read_at_ns;
		ssize_t count = may_read ? read_some(fd, &pace, *received) : -1;
		if (count > 0) {
			*received += count;
			if (settings.http)
				upload_note(&upload, fd, (size_t)count, *received);
		} else if (count == 0)
			return "closed";
		else if (may_read && errno != EAGAIN && errno != EINTR)
			return "reset";
		else
			wait_for(fd, may_read, may_read ? now_ns() + SECOND : pace.read_at_ns);
	}
	return drained(fd, received);
}

static void serve(int fd)
{
	struct served *row = &served[served_count++];
	reply(fd);
	row->end = drain(fd, &row->received);
	close(fd);
}

static bool write_report(const char *path)
{
	char beside[4096];
	if (snprintf(beside, sizeof(beside), "%s.part", path) >= (int)sizeof(beside))
		return false;
	FILE *file = fopen(beside, "w");
	if (!file)
		return false;
	int64_t total = 0;
	for (int i = 0; i < served_count; i++)
		total += served[i].received;
	fprintf(file, "{ \"received\": %ld, \"connections\": [", total);
	for (int i = 0; i < served_count; i++)
		fprintf(file, "%s{\"received\": %ld, \"end\": \"%s\"}", i ? ", " : "",
			served[i].received, served[i].end);
	fprintf(file, "] }\n");
	bool good = !ferror(file);
	return fclose(file) == 0 && good && rename(beside, path) == 0;
}

int main(int argc, char **argv)
{
	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
		take_option(option);
	if (optind < argc || settings.connections > REPORTED)
		wrong();
	struct sigaction stops = {.sa_handler = stop};
	sigaction(SIGTERM, &stops, NULL);
	sigaction(SIGINT, &stops, NULL);
	int listener = start_listening();
	/* Also at the end: who waits in the backlog may have sent it all. */
	while (served_count < settings.connections) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			serve(fd);
		else if (is_over())
			break;
		else
			wait_for(listener, true, now_ns() + SECOND);
	}
	if (settings.report && !write_report(settings.report)) {
		fprintf(stderr, "sink: cannot write '%s'\n", settings.report);
		return 1;
	}
	return 0;
}
