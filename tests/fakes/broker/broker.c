/* SPDX-License-Identifier: Apache-2.0 */
/*
 * broker.c - a Kafka broker that misbehaves as told and counts what arrives.
 *
 * One process, one thread, no replication and no consumers: enough for
 * librdkafka, kafka-python and kafka-clients to produce to. Prints its port,
 * serves until SIGTERM, SIGINT, --for or --one-shot, then reads what the kernel
 * still holds (a client that is gone has sent it all the same) and writes --report.
 * acks=0 is never answered, as with a real broker.
 */
#define _GNU_SOURCE /* accept4 */
#include "broker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct settings settings = {
	.host = "127.0.0.1",
	.partitions = 4,
	.reset_after = -1,
	.close_after = -1,
	.leave_after = -1,
	.errors = -1,
	.late_byte_ms = -1,
};

bool draining;
static volatile sig_atomic_t stopped;
static struct connection *connections;
static int listener;

#define QUIET_MS 200

enum option_id {
	OPTION_HOST = 'h',
	OPTION_PORT = 'p',
	OPTION_ADVERTISE = 'a',
	OPTION_ADVERTISE_HOST = 'A',
	OPTION_PARTITIONS = 'n',
	OPTION_MAX = 'x',
	OPTION_STALL = 's',
	OPTION_RATE = 'r',
	OPTION_RCVBUF = 'b',
	OPTION_NEVER_ANSWER = 'N',
	OPTION_RESET_AFTER = 'R',
	OPTION_CLOSE_AFTER = 'C',
	OPTION_LEAVE_AFTER = 'G',
	OPTION_DELAY = 'd',
	OPTION_ERROR = 'e',
	OPTION_LATE_BYTE = 'l',
	OPTION_FENCE = 'F',
	OPTION_KNOW_NOBODY = 'K',
	OPTION_ONE_SHOT = '1',
	OPTION_FOR = 'f',
	OPTION_REPORT = 'o',
};

static const struct option options[] = {
	{"host", 1, NULL, OPTION_HOST},
	{"port", 1, NULL, OPTION_PORT},
	{"advertise", 1, NULL, OPTION_ADVERTISE},
	{"advertise-host", 1, NULL, OPTION_ADVERTISE_HOST},
	{"partitions", 1, NULL, OPTION_PARTITIONS},
	{"max", 1, NULL, OPTION_MAX},
	{"stall", 1, NULL, OPTION_STALL},
	{"rate", 1, NULL, OPTION_RATE},
	{"rcvbuf", 1, NULL, OPTION_RCVBUF},
	{"never-answer", 0, NULL, OPTION_NEVER_ANSWER},
	{"reset-after", 1, NULL, OPTION_RESET_AFTER},
	{"close-after", 1, NULL, OPTION_CLOSE_AFTER},
	{"leave-after", 1, NULL, OPTION_LEAVE_AFTER},
	{"delay", 1, NULL, OPTION_DELAY},
	{"error", 1, NULL, OPTION_ERROR},
	{"late-byte", 1, NULL, OPTION_LATE_BYTE},
	{"fence", 0, NULL, OPTION_FENCE},
	{"know-nobody", 0, NULL, OPTION_KNOW_NOBODY},
	{"one-shot", 0, NULL, OPTION_ONE_SHOT},
	{"for", 1, NULL, OPTION_FOR},
	{"report", 1, NULL, OPTION_REPORT},
	{0},
};

static const char usage[] =
	"usage: broker [options]          prints its port, then serves\n"
	"  --host ADDR --port N           where to listen (127.0.0.1, any free port)\n"
	"  --advertise PORT               what clients are told to connect to: a proxy's\n"
	"  --advertise-host NAME          the same\n"
	"  --partitions N                 of every topic, made when first named (4)\n"
	"  --max API:VERSION              offer no newer version of an API\n"
	"  --stall SECONDS                read nothing for so long from a connection's\n"
	"                                 first Produce on\n"
	"  --rate BYTES                   read no more than that a second\n"
	"  --rcvbuf N                     SO_RCVBUF of connections\n"
	"  --never-answer                 Produce\n"
	"  --delay MS                     before each answer to Produce\n"
	"  --error CODE[:COUNT]           answer Produce with it (COUNT times)\n"
	"  --reset-after BYTES            of a connection's Produce requests\n"
	"  --close-after N                hang up on a connection's Nth Produce, unanswered\n"
	"  --leave-after N                be gone once N records have come on a connection:\n"
	"                                 hang up, and nobody listens any more\n"
	"  --late-byte MS                 send a stray byte, MS after the first Produce\n"
	"                                 of a connection began\n"
	"  --know-nobody                  answer SaslAuthenticate with error 58\n"
	"  --fence                        answer EndTxn as if another producer had come\n"
	"  --one-shot                     end when the last connection has, if one produced\n"
	"  --for SECONDS                  end after so long\n"
	"  --report FILE                  JSON: what arrived\n";

int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void wrong(const char *what, const char *value)
{
	fprintf(stderr, "broker: %s '%s'\n%s", what, value, usage);
	exit(2);
}

static int64_t number(const char *text)
{
	char *end;
	errno = 0;
	int64_t value = strtoll(text, &end, 10);
	if (errno || *end || end == text || value < 0)
		wrong("not a number:", text);
	return value;
}

static double seconds(const char *text)
{
	char *end;
	double value = strtod(text, &end);
	if (*end || end == text || value < 0)
		wrong("not a number of seconds:", text);
	return value;
}

/* "A:B"; B is optional if it has a value already. */
static void pair(char *text, int64_t *first, int64_t *second)
{
	char *colon = strchr(text, ':');
	if (colon) {
		*colon = 0;
		*second = number(colon + 1);
	}
	*first = number(text);
}

static void take_pair(int option, char *text)
{
	int64_t first, second = -1;
	pair(text, &first, &second);
	if (option == OPTION_MAX) {
		if (second < 0)
			wrong("wants API:VERSION:", text);
		request_limit((int)first, (int)second);
		return;
	}
	settings.error = (int)first;
	settings.errors = second;
}

static void take_option(int option)
{
	switch (option) {
	case OPTION_HOST:
		settings.host = optarg;
		break;
	case OPTION_PORT:
		settings.port = (int)number(optarg);
		break;
	case OPTION_ADVERTISE_HOST:
		settings.advertised_host = optarg;
		break;
	case OPTION_ADVERTISE:
		settings.advertised = (int)number(optarg);
		break;
	case OPTION_PARTITIONS:
		settings.partitions = (int)number(optarg);
		break;
	case OPTION_MAX:
	case OPTION_ERROR:
		take_pair(option, optarg);
		break;
	case OPTION_STALL:
		settings.stall_s = seconds(optarg);
		break;
	case OPTION_RATE:
		settings.rate = number(optarg);
		break;
	case OPTION_RCVBUF:
		settings.rcvbuf = (int)number(optarg);
		break;
	case OPTION_NEVER_ANSWER:
		settings.never_answer = true;
		break;
	case OPTION_RESET_AFTER:
		settings.reset_after = number(optarg);
		break;
	case OPTION_LEAVE_AFTER:
		settings.leave_after = number(optarg);
		break;
	case OPTION_CLOSE_AFTER:
		settings.close_after = number(optarg);
		break;
	case OPTION_DELAY:
		settings.delay_ms = (int)number(optarg);
		break;
	case OPTION_LATE_BYTE:
		settings.late_byte_ms = (int)number(optarg);
		break;
	case OPTION_FENCE:
		settings.fence = true;
		break;
	case OPTION_KNOW_NOBODY:
		settings.know_nobody = true;
		break;
	case OPTION_ONE_SHOT:
		settings.one_shot = true;
		break;
	case OPTION_FOR:
		settings.for_s = seconds(optarg);
		break;
	case OPTION_REPORT:
		settings.report = optarg;
		break;
	default:
		fputs(usage, stderr);
		exit(2);
	}
}

static bool start_listening(void)
{
	struct sockaddr_in here = {.sin_family = AF_INET,
				   .sin_port = htons((uint16_t)settings.port)};
	socklen_t length = sizeof(here);
	int on = 1;
	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (settings.rcvbuf) /* before listen: connections inherit it */
		setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &settings.rcvbuf,
			   sizeof(settings.rcvbuf));
	if (inet_pton(AF_INET, settings.host, &here.sin_addr) != 1)
		wrong("not an IPv4 address:", settings.host);
	if (bind(listener, (struct sockaddr *)&here, length) || listen(listener, 1024) ||
	    getsockname(listener, (struct sockaddr *)&here, &length)) {
		perror("broker: listen");
		return false;
	}
	settings.port = ntohs(here.sin_port);
	if (settings.advertised == 0)
		settings.advertised = settings.port;
	printf("%d\n", settings.port);
	return fflush(stdout) == 0;
}

void broker_leave(void)
{
	close(listener);
	listener = -1;
	stopped = 1;
}

static void accept_all(void)
{
	for (;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return;
		struct connection **last = &connections;
		while (*last)
			last = &(*last)->next;
		*last = connection_open(fd);
	}
}

/* Serves all that is due; returns how long to wait for the next, in ms. */
static int serve(int64_t ends_ns)
{
	int64_t wakes = ends_ns;
	for (struct connection *each = connections; each; each = each->next) {
		connection_read(each);
		connection_write(each);
		connection_late_byte(each);
		if (each->fd >= 0 && connection_wakes_ns(each) < wakes)
			wakes = connection_wakes_ns(each);
	}
	int64_t wait = (wakes - now_ns()) / 1000000 + 1;
	return wait < 0 ? 0 : wait > 1000 ? 1000 : (int)wait;
}

static nfds_t poll_set(struct pollfd **polled)
{
	nfds_t count = 1;
	for (struct connection *each = connections; each; each = each->next)
		count += each->fd >= 0;
	*polled = realloc(*polled, count * sizeof(**polled));
	(*polled)[0] = (struct pollfd){.fd = listener, .events = POLLIN};
	count = 1;
	for (struct connection *each = connections; each; each = each->next) {
		if (each->fd < 0)
			continue;
		bool reads = connection_may_read(each);
		/* A negative number is passed over: HUP would spin otherwise. */
		(*polled)[count++] = (struct pollfd){
			.fd = reads || connection_wants_write(each) ? each->fd : -1,
			.events = (short)((reads ? POLLIN : 0) |
					  (connection_wants_write(each) ? POLLOUT : 0)),
		};
	}
	return count;
}

static bool is_over(int64_t ends_ns)
{
	if (stopped || now_ns() >= ends_ns)
		return true;
	bool produced = false;
	for (struct connection *each = connections; each; each = each->next) {
		if (each->fd >= 0)
			return false;
		produced = produced || each->produced;
	}
	return settings.one_shot && produced;
}

static uint64_t received(void)
{
	uint64_t total = 0;
	for (struct connection *each = connections; each; each = each->next)
		total += each->received + (each->fd < 0);
	return total;
}

/* Until nothing has come for a while, or the peers have all gone. */
static void drain(struct pollfd **polled)
{
	uint64_t before;
	draining = true;
	do {
		before = received();
		nfds_t count = poll_set(polled);
		poll(*polled, count, QUIET_MS);
		accept_all();
		serve(INT64_MAX);
	} while (received() != before);
}

int main(int argc, char **argv)
{
	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
		take_option(option);
	if (optind < argc)
		wrong("what is", argv[optind]);
	if (settings.partitions < 1)
		wrong("not enough partitions:", "0");
	/* Without SA_RESTART, so that poll() ends at once. */
	struct sigaction stops = {.sa_handler = stop};
	sigaction(SIGTERM, &stops, NULL);
	sigaction(SIGINT, &stops, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (!start_listening())
		return 1;
	int64_t ends_ns =
		settings.for_s > 0 ? now_ns() + (int64_t)(settings.for_s * 1e9) : INT64_MAX;
	struct pollfd *polled = NULL;
	while (!is_over(ends_ns)) {
		int wait = serve(ends_ns);
		nfds_t count = poll_set(&polled);
		poll(polled, count, wait);
		accept_all();
	}
	drain(&polled);
	free(polled);
	if (settings.report && !truth_write(settings.report, connections)) {
		fprintf(stderr, "broker: cannot write '%s'\n", settings.report);
		return 1;
	}
	return 0;
}
