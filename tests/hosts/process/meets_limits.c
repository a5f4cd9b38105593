/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meets_limits.c - a producer that does all right, at the end of what a machine gives.
 *
 * threads      1,000 of them produce at once
 * descriptors  19,000 are taken already; beyond: 70,000
 * deleted      the folder of traces is emptied while it runs
 * no_proc      there is no /proc (a new mount namespace)
 * full         the folder of traces is on a file system without room
 * readonly     nor may it be written to
 * quota        no block may be allocated: EDQUOT (a filter says so)
 * fsize        no file may grow beyond 1,000 bytes, on pain of SIGXFSZ
 * starts       nor may those of 200 programs that it starts; starts_few: beyond 1,000,000
 * no_files     it starts another when it has no descriptor left
 * constructor  it produces before main()
 * Exits 77 where it may not do so. no_proc, full, readonly, quota and fsize begin a second
 * time, as themselves. meets_limits HOW HOST:PORT links: rdkafka threads
 */
#define _GNU_SOURCE
#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define THREADS 1000
#define EACH 5

static void give_up(const char *what)
{
	perror(what);
	exit(77);
}

static void send_orders(rd_kafka_t *rk, int count)
{
	for (int i = 0; i < count; i++)
		rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(HOST_TOPIC),
				  RD_KAFKA_V_VALUE(&i, sizeof i),
				  RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
}

static void flush(rd_kafka_t *rk)
{
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
}

/* ---- threads ---- */

static pthread_barrier_t together;

static void *one_thread(void *rk)
{
	pthread_barrier_wait(&together);
	send_orders(rk, EACH);
	pthread_barrier_wait(&together);
	return NULL;
}

static void threads_produce(rd_kafka_t *rk)
{
	static pthread_t threads[THREADS];
	pthread_attr_t small;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 256 << 10);
	pthread_barrier_init(&together, NULL, THREADS);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], &small, one_thread, rk))
			give_up("pthread_create");
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

/* ---- descriptors ---- */

static void descriptors_take(int count)
{
	int nothing = open("/dev/null", O_RDONLY);
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = (rlim_t)count + 100;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		give_up("setrlimit");
	while (nothing >= 0 && nothing < count)
		nothing = dup(nothing);
	if (nothing < 0)
		give_up("dup");
}

/* ---- the folder of traces ---- */

static void traces_delete(void)
{
	const char *path = getenv("UNFLUSHED_DIR");
	DIR *folder = path ? opendir(path) : NULL;
	char name[4096];

	for (struct dirent *entry; folder && (entry = readdir(folder));) {
		snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
		if (strstr(name, ".trace") && unlink(name) != 0)
			perror("unlink");
	}
	if (folder)
		closedir(folder);
}

/* ---- what holds from the start ---- */

static void namespace_make(void)
{
	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		give_up("a mount namespace");
}

static void without_proc(void)
{
	namespace_make();
	if (mount("none", "/proc", "tmpfs", 0, NULL) != 0)
		give_up("mount");
}

static void traces_at(unsigned long flags)
{
	char folder[] = "/tmp/limits-XXXXXX";

	namespace_make();
	if (!mkdtemp(folder) || mount("none", folder, "tmpfs", flags, "size=64k") != 0)
		give_up("mount");
	setenv("UNFLUSHED_DIR", folder, 1);
}

static void without_room(void)
{
	traces_at(0);
}

static void without_writing(void)
{
	traces_at(MS_RDONLY);
}

/* As a file system with a quota that is used up would say. */
static void without_quota(void)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fallocate, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EDQUOT),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {sizeof program / sizeof *program, program};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
		give_up("seccomp");
}

static void files_limit(rlim_t bytes)
{
	struct rlimit limit = {bytes, bytes};

	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		give_up("setrlimit");
}

static void without_growth(void)
{
	files_limit(1000);
}

static const struct {
	const char *how;
	void (*begin)(void);
} beginnings[] = {{"no_proc", without_proc},
		  {"full", without_room},
		  {"readonly", without_writing},
		  {"quota", without_quota},
		  {"fsize", without_growth}};

/* Sets the limit and becomes this program again, for it to hold from the first moment on. */
static void begin_again(char **argv)
{
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
		if (strcmp(argv[1], beginnings[i].how) != 0)
			continue;
		char self[4096];
		ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

		if (length < 0)
			give_up("readlink");
		self[length] = '\0';
		beginnings[i].begin();
		execv(self, (char *[]){argv[0], "limited", argv[2], NULL});
		give_up("exec");
	}
}

/* ---- what it starts ---- */

static void programs_start(int count)
{
	char *argv[] = {"true", NULL};
	pid_t pid;
	int status, well = 0;

	for (int i = 0; i < count; i++)
		if (posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ))
			perror("posix_spawn");
	while (wait(&status) > 0)
		well += status == 0;
	printf("started %d\n", well);
}

static void programs_limited(rlim_t bytes)
{
	fflush(stdout);
	files_limit(bytes);
	programs_start(200);
}

#define DESCRIPTORS 200

/* What is started has some again. */
static void program_without_files(void)
{
	int taken[DESCRIPTORS];
	size_t count = 0;
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = DESCRIPTORS;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		give_up("setrlimit");
	while ((taken[count] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
		count++;
	programs_start(1);
	while (count > 0)
		close(taken[--count]);
}

/* glibc gives constructors what main() gets. */
__attribute__((constructor)) static void before_main(int argc, char **argv)
{
	if (argc < 3 || strcmp(argv[1], "constructor") != 0)
		return;
	rd_kafka_t *rk = host_producer(host_conf(argv[2]));

	send_orders(rk, 100);
	flush(rk);
	rd_kafka_destroy(rk);
}

static int is(char **argv, const char *how)
{
	return strcmp(argv[1], how) == 0;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	begin_again(argv);
	if (is(argv, "descriptors") || is(argv, "beyond"))
		descriptors_take(is(argv, "beyond") ? 70000 : 19000);
	rd_kafka_t *rk = host_producer(host_conf(argv[2]));

	send_orders(rk, 100);
	if (is(argv, "threads"))
		threads_produce(rk);
	flush(rk);
	if (is(argv, "deleted"))
		traces_delete();
	if (is(argv, "starts") || is(argv, "starts_few"))
		programs_limited(is(argv, "starts") ? 1000 : 1000000);
	if (is(argv, "no_files"))
		program_without_files();
	send_orders(rk, 100);
	flush(rk);
	rd_kafka_destroy(rk);
	return 0;
}
