/* SPDX-License-Identifier: Apache-2.0 */
/*
 * removal.c - see removal.h.
 */
#include "keep/removal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static bool is_untouched(const struct stat *now, const struct stat *was)
{
	return now->st_dev == was->st_dev && now->st_ino == was->st_ino &&
	       now->st_size == was->st_size && now->st_mtim.tv_sec == was->st_mtim.tv_sec &&
	       now->st_mtim.tv_nsec == was->st_mtim.tv_nsec;
}

bool removal_may(const char *path, const struct stat *was, const char **why)
{
	struct stat now;

	*why = NULL;
	if (lstat(path, &now) != 0)
		*why = strerror(errno);
	else if (!S_ISREG(now.st_mode))
		*why = "it is a link, or no file";
	else if (now.st_uid != geteuid())
		*why = "it is another user's";
	else if (!is_untouched(&now, was))
		*why = "it was written to";
	return !*why;
}

bool removal_of(const char *path, const struct stat *was, const char **why)
{
	if (!removal_may(path, was, why))
		return false;
	if (unlink(path) == 0)
		return true;
	*why = strerror(errno);
	return false;
}
