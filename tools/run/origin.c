/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin.c - see origin.h.
 *
 * A name in the directory is opened neither through a symbolic link nor waited for (a FIFO).
 */
#include "run/origin.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "format/format.h"
#include "run/owngroup.h"

bool origin_number_make(char number[RUN_NUMBER_DIGITS + 1])
{
	uint64_t chance[2];

	if (getrandom(chance, sizeof(chance), 0) != (ssize_t)sizeof(chance))
		return false;
	snprintf(number, RUN_NUMBER_DIGITS + 1, "%016" PRIx64 "%016" PRIx64, chance[0],
		 chance[1]);
	return true;
}

static bool is_trace(const struct trace_header *header)
{
	return memcmp(header->magic, TRACE_MAGIC, sizeof(header->magic)) == 0 &&
	       header->version == TRACE_VERSION && header->byte_order == TRACE_BYTE_ORDER;
}

static bool carries(const struct trace_header *header, const char *number)
{
	char text[2 * sizeof(header->run) + 1];

	for (size_t i = 0; i < sizeof(header->run); i++)
		snprintf(text + 2 * i, 3, "%02x", header->run[i]);
	return strcmp(text, number) == 0;
}

static const char *not_opened(const char *path, char *why, size_t why_bytes)
{
	struct stat about;
	int error = errno;

	if (lstat(path, &about) == 0 && S_ISLNK(about.st_mode))
		return "it is a symbolic link";
	snprintf(why, why_bytes, "it cannot be opened (%s)", strerror(error));
	return why;
}

static const char *strange_file(int fd, const char *number, bool told, char *why,
				size_t why_bytes)
{
	struct trace_header header;
	struct stat about;

	if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
		return "it is no regular file";
	if (geteuid() != 0 && about.st_uid != geteuid()) {
		snprintf(why, why_bytes, "it belongs to user %u", (unsigned)about.st_uid);
		return why;
	}
	if (pread(fd, &header, sizeof(header), 0) != (ssize_t)sizeof(header) ||
	    !is_trace(&header))
		return told ? NULL : "it is no whole trace, and no process has named it";
	return carries(&header, number) ? NULL : "none of the run's processes has made it";
}

const char *origin_strange(const char *path, const char *number, bool told, char *why,
			   size_t why_bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return not_opened(path, why, why_bytes);
	const char *strange = strange_file(fd, number, told, why, why_bytes);

	close(fd);
	return strange;
}

static bool owns_the_root(uid_t user)
{
	struct stat about;

	return stat("/", &about) == 0 && about.st_uid == user;
}

/* If a file has an access list, the group bits of its mode are the mask for all in the list. */
static bool has_access_list(const char *directory)
{
	return getxattr(directory, "system.posix_acl_access", NULL, 0) >= 0 ||
	       (errno != ENODATA && errno != EOPNOTSUPP);
}

static bool others_may_write(const char *directory, const struct stat *about)
{
	if (about->st_mode & S_ISVTX || !(about->st_mode & (S_IWGRP | S_IWOTH)))
		return false;
	return about->st_mode & S_IWOTH || has_access_list(directory) ||
	       !owngroup_of(geteuid(), about->st_gid);
}

const char *origin_open_to_others(const char *directory, bool of_the_system, char *why,
				  size_t why_bytes)
{
	struct stat about;

	if (stat(directory, &about) != 0)
		snprintf(why, why_bytes, "'%s' cannot be looked at: %s", directory,
			 strerror(errno));
	else if (about.st_uid != geteuid() && about.st_uid != 0 &&
		 !(of_the_system && owns_the_root(about.st_uid)))
		snprintf(why, why_bytes, "'%s' belongs to user %u", directory,
			 (unsigned)about.st_uid);
	else if (others_may_write(directory, &about))
		snprintf(why, why_bytes, "others may write to '%s' (mode %04o)", directory,
			 (unsigned)about.st_mode & 07777);
	else
		return NULL;
	return why;
}
