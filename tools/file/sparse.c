/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sparse.c - see sparse.h.
 *
 * Whether a process writes to the file is found by a read lease (fcntl(2), F_SETLEASE): the
 * kernel refuses it while any process, in any namespace, has the file open or mapped for
 * writing. The lease is released at once. No process maps the file after that, for a trace is
 * mapped once, by the process that makes it; others (`run`, which adds how a process ended) use
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

/* A block of these file systems: a smaller hole frees nothing. */
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
	/* Who opens it to write while we have the lease makes the kernel send us a signal:
	 * SIGIO, which would end us, unless another is named. */
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

/* One call for each run of such units. What is left at the end of the file, less than a unit,
 * stays. */
static bool zeros_give_back(int fd, off_t bytes)
{
	char unit[UNIT];
	off_t from = 0, at = 0;

	for (; bytes - at >= UNIT; at += UNIT) {
		if (regular_read(fd, unit, sizeof(unit), at) < sizeof(unit))
			break; /* it was cut off */
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
