/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sparse.c - see sparse.h.
 *
 * Whether a process writes to the file is found by a read lease (fcntl(2),
 * F_SETLEASE): the kernel refuses it while any process, in any namespace, has
 * the file open or mapped for writing. The lease is released at once. No
 * process maps the file after that, because a trace is mapped once, by the
 * process that makes it; others (`run`, which adds how a process ended) use
 * pwrite(), which on a full disk returns an error.
 *
 * That is right for file systems that store files themselves. In overlayfs, as in a container's
 * own layer, the file of the lower file system is mapped, and a lease is granted although a
 * process writes (tried: Linux 6.18). So it is used only on file systems where it is known to
 * work.
 */
#include "file/sparse.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "file/regular.h"

/* The block size of these file systems: freeing less than a block frees nothing. */
#define UNIT 4096

#ifndef XFS_SUPER_MAGIC /* <linux/magic.h> before 5.8 */
#define XFS_SUPER_MAGIC 0x58465342
#endif

static bool tells_who_writes(int fd)
{
	struct statfs about;

	if (fstatfs(fd, &about) != 0)
		return false;
	switch ((uint32_t)about.f_type) {
	case EXT4_SUPER_MAGIC: /* and ext2, ext3 */
	case XFS_SUPER_MAGIC:
	case BTRFS_SUPER_MAGIC:
	case TMPFS_MAGIC:
		return true;
	default:
		errno = EOPNOTSUPP;
		return false;
	}
}

static bool nobody_writes(int fd)
{
	/* If a process opens the file for writing while this one has the lease, the kernel
	 * sends a signal: SIGIO, which would end the program, unless another one is set. */
	return fcntl(fd, F_SETSIG, SIGURG) == 0 && fcntl(fd, F_SETLEASE, F_RDLCK) == 0 &&
	       fcntl(fd, F_SETLEASE, F_UNLCK) == 0;
}

static bool is_zeros(const char *bytes, size_t count)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, count - 1) == 0;
}

static bool hole_make(int fd, off_t from, off_t to)
{
	return from == to ||
	       fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from, to - from) == 0;
}

/* One call for each run of such units. The end of the file, if it is less than a unit,
 * stays. */
static bool zeros_give_back(int fd, off_t bytes)
{
	char unit[UNIT];
	off_t from = 0, at = 0;

	for (; bytes - at >= UNIT; at += UNIT) {
		if (regular_read(fd, unit, sizeof(unit), at) < sizeof(unit))
			break; /* the file was truncated */
		if (is_zeros(unit, sizeof(unit)))
			continue;
		if (!hole_make(fd, from, at))
			return false;
		from = at + UNIT;
	}
	return hole_make(fd, from, at);
}

bool sparse_make(const char *path)
{
	struct stat about;
	int fd = regular_open(path, O_RDONLY | O_NOFOLLOW, &about);

	if (fd < 0)
		return false;
	bool may = tells_who_writes(fd) && nobody_writes(fd);
	int writable = may ? regular_open_again(path, fd, &about) : -1;
	bool made = writable >= 0 && zeros_give_back(writable, about.st_size);
	int error = errno;

	if (writable >= 0)
		close(writable);
	close(fd);
	errno = error;
	return made;
}
