/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sparse.c - the disk space of a file's zeros is freed, once no process
 * writes to it.
 */
#include "file/sparse.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"
#include "testing.h"

#define BYTES (64 * 4096 + 100)
#define DATA_AT (20 * 4096)

static char before[BYTES], after[BYTES];

/* All of it on disk; bytes in the first unit, in one of the middle, and at the end. */
static const char *file_make(const char *name)
{
	const char *path = scratch_write(name, "first");
	int fd = open(path, O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(posix_fallocate(fd, 0, BYTES), 0);
	assert_int_equal(pwrite(fd, "middle", 6, DATA_AT), 6);
	assert_int_equal(pwrite(fd, "end", 3, BYTES - 3), 3);
	close(fd);
	assert_int_equal(chmod(path, 0400), 0);
	return path;
}

static void read_all(const char *path, char *to)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_int_equal(read(fd, to, BYTES), BYTES);
	close(fd);
}

static int64_t disk_of(const char *path)
{
	struct stat about;

	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_size, BYTES);
	assert_int_equal(about.st_mode & 07777, 0400);
	return (int64_t)about.st_blocks * 512;
}

static void make(const char *path)
{
	if (sparse_make(path))
		return;
	if (errno == EOPNOTSUPP)
		skip_because("this file system makes no holes, or cannot tell who writes");
	fail_msg("%s", strerror(errno));
}

static void zeros_take_no_disk_and_the_bytes_are_the_same(void **state)
{
	const char *path = file_make("whole");

	(void)state;
	read_all(path, before);
	assert_true(disk_of(path) >= BYTES);
	make(path);
	/* Three units, and what a file system has them in. */
	assert_true(disk_of(path) <= 4 * 4096);
	read_all(path, after);
	assert_memory_equal(before, after, BYTES);
	make(path); /* again */
	read_all(path, after);
	assert_memory_equal(before, after, BYTES);
}

static void assert_refused(const char *path)
{
	assert_false(sparse_make(path));
	assert_int_equal(errno, EAGAIN);
	assert_true(disk_of(path) >= BYTES);
}

/* Its next write would be a SIGBUS on a full disk. */
static void one_that_is_mapped_to_write_stays(void **state)
{
	const char *path = file_make("mapped");

	(void)state;
	assert_int_equal(chmod(path, 0600), 0);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	char *map = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	assert_int_equal(chmod(path, 0400), 0);
	assert_true(map != MAP_FAILED);
	assert_refused(path);
	close(fd);
	assert_refused(path);
	munmap(map, BYTES);
	make(path);
	assert_true(disk_of(path) <= 4 * 4096);
}

static void one_that_is_read_gives_back(void **state)
{
	const char *path = file_make("read");
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *map = mmap(NULL, BYTES, PROT_READ, MAP_SHARED, fd, 0);

	(void)state;
	assert_true(map != MAP_FAILED);
	make(path);
	assert_true(disk_of(path) <= 4 * 4096);
	assert_memory_equal(map + DATA_AT, "middle", 6);
	munmap(map, BYTES);
	close(fd);
}

static void a_link_is_not_followed(void **state)
{
	const char *path = file_make("far"), *link = scratch_path("link");

	(void)state;
	assert_int_equal(symlink(path, link), 0);
	assert_false(sparse_make(link));
	assert_int_equal(errno, ELOOP);
	assert_true(disk_of(path) >= BYTES);
}

static void an_empty_one_and_none_do_no_harm(void **state)
{
	const char *path = scratch_write("empty", "");

	(void)state;
	make(path);
	assert_false(sparse_make(scratch_path("not there")));
	assert_int_equal(errno, ENOENT);
}

/* An overlay, as a container has, over this folder. */
static bool overlaid(const char *folder)
{
	char parts[3 * 512];

	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", folder, "tmpfs", 0, NULL) != 0)
		return false;
	scratch_shell("cd %s && mkdir low up work over", folder);
	snprintf(parts, sizeof(parts), "lowerdir=%s/low,upperdir=%s/up,workdir=%s/work", folder,
		 folder, folder);
	return mount("overlay", scratch_path("layers/over"), "overlay", 0, parts) == 0;
}

/* There a lease is given beside a mapping: the last, for it has mounts of its own. */
static void in_an_overlay_nothing_is_given_back(void **state)
{
	const char *folder = scratch_path("layers");

	(void)state;
	assert_int_equal(mkdir(folder, 0700), 0);
	if (!overlaid(folder))
		skip_because("no overlay can be mounted here (root alone may)");
	const char *path = file_make("layers/over/trace");

	assert_false(sparse_make(path));
	assert_int_equal(errno, EOPNOTSUPP);
	assert_true(disk_of(path) >= BYTES);
	assert_int_equal(umount2(scratch_path("layers/over"), 0), 0);
	assert_int_equal(umount2(folder, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zeros_take_no_disk_and_the_bytes_are_the_same),
		cmocka_unit_test(one_that_is_mapped_to_write_stays),
		cmocka_unit_test(one_that_is_read_gives_back),
		cmocka_unit_test(a_link_is_not_followed),
		cmocka_unit_test(an_empty_one_and_none_do_no_harm),
		cmocka_unit_test(in_an_overlay_nothing_is_given_back),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
