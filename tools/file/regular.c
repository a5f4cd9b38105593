/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regular.c - see regular.h.
 */
#include "file/regular.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int kind_error(const struct stat *about)
{
	return S_ISREG(about->st_mode) ? 0 : S_ISDIR(about->st_mode) ? EISDIR : REGULAR_IS_NOT;
}

/* Opening a device may have an effect, so lstat() checks the name before; the descriptor's
 * fstat() decides, because the name may belong to another file by then. */
static int look_and_open(const char *path, int flags, struct stat *about, int *fd)
{
	int error = stat(path, about) != 0 ? errno : kind_error(about);

	if (error)
		return error;
	*fd = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*fd < 0 || fstat(*fd, about) != 0)
		return errno;
	return kind_error(about);
}

int regular_open(const char *path, int flags, struct stat *about)
{
	int fd = -1, error = look_and_open(path, flags, about, &fd);

	if (!error)
		return fd;
	if (fd >= 0)
		close(fd);
	errno = error;
	return -1;
}

int regular_open_again(const char *path, int fd, const struct stat *about)
{
	struct stat again;

	fchmod(fd, about->st_mode | S_IRUSR | S_IWUSR);
	int writable = regular_open(path, O_RDWR | O_NOFOLLOW, &again);
	int error = errno;

	fchmod(fd, about->st_mode & 07777);
	errno = error;
	if (writable < 0 || (again.st_ino == about->st_ino && again.st_dev == about->st_dev))
		return writable;
	close(writable);
	errno = ESTALE;
	return -1;
}

const char *regular_is(int error)
{
	return error == EISDIR		 ? "is a directory"
	       : error == REGULAR_IS_NOT ? "is not a regular file"
					 : NULL;
}

bool regular_or_absent(const char *path)
{
	struct stat about;

	return stat(path, &about) != 0 || S_ISREG(about.st_mode);
}

size_t regular_read(int fd, void *to, size_t bytes, off_t at)
{
	size_t got = 0;

	while (got < bytes) {
		ssize_t now = pread(fd, (char *)to + got, bytes - got, at + (off_t)got);

		if (now < 0 && errno == EINTR)
			continue;
		if (now == 0)
			errno = 0;
		if (now <= 0)
			break;
		got += (size_t)now;
	}
	return got;
}

bool regular_is_trusted(const char *path)
{
	struct stat about, here;

	if (stat(path, &about) != 0 || about.st_mode & S_IWOTH)
		return false;
	return about.st_uid == geteuid() || about.st_uid == 0 ||
	       (stat(".", &here) == 0 && about.st_uid == here.st_uid);
}

/* Asks for one byte more than the limit, because a file may grow while it is read. */
static char *all_of(int fd, size_t most, size_t *bytes, const char **why)
{
	struct stat about;
	size_t room = fstat(fd, &about) == 0 && (size_t)about.st_size < most
			      ? (size_t)about.st_size
			      : most;
	char *text = malloc(room + 2);

	errno = text ? 0 : ENOMEM;
	*bytes = text ? regular_read(fd, text, room + 1, 0) : 0;
	*why = errno	       ? strerror(errno)
	       : *bytes > room ? "is too long, or was written to"
			       : NULL;
	if (!*why) {
		text[*bytes] = 0;
		return text;
	}
	free(text);
	return NULL;
}

char *regular_all(const char *path, size_t most, size_t *bytes, const char **why)
{
	struct stat about;
	int fd = regular_open(path, O_RDONLY, &about);

	if (fd < 0) {
		*why = regular_is(errno) ? regular_is(errno) : strerror(errno);
		return NULL;
	}
	char *text = all_of(fd, most, bytes, why);

	close(fd);
	return text;
}
