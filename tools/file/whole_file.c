/* SPDX-License-Identifier: Apache-2.0 */
/*
 * whole_file.c - see whole_file.h.
 */
#include "file/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory/memory.h"

#define TEMPORARY "/.unflushed-"
#define TRIES 100 /* names that are taken */

/* The files that are open; signals are blocked while this list changes. */
static struct whole_file *open_files;

static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGXCPU, SIGXFSZ};
#define ENDING (sizeof ending / sizeof *ending)

void whole_file_drop_all(void)
{
	for (const struct whole_file *file = open_files; file; file = file->next)
		unlink(file->temporary);
}

static void end_by(int number)
{
	whole_file_drop_all();
	signal(number, SIG_DFL);
	raise(number); /* blocked until this returns */
}

static void signals_take(void)
{
	static bool taken;
	struct sigaction before, action = {.sa_handler = end_by};

	if (taken)
		return;
	taken = true;
	sigfillset(&action.sa_mask);
	for (size_t i = 0; i < ENDING; i++)
		if (sigaction(ending[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
			sigaction(ending[i], &action, NULL);
}

static void signals_hold(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, before);
}

static void signals_release(const sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}

/* A file that is a mount point cannot be replaced by rename() (EBUSY). */
static bool is_mounted(const char *path)
{
	struct statx now;

	return statx(AT_FDCWD, path, 0, STATX_TYPE, &now) == 0 &&
	       now.stx_attributes_mask & now.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

bool whole_file_suits(const char *path)
{
	struct stat now;

	if (stat(path, &now) != 0)
		return true;
	return S_ISREG(now.st_mode) && !is_mounted(path);
}

/* Resolves symbolic links in the path of the file, or in its folder's if it does not exist.
 * NULL, with errno. */
static char *resolve(const char *path)
{
	char *real = realpath(path, NULL), *folder, *made = NULL;
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct stat link;

	if (real || errno != ENOENT || lstat(path, &link) == 0)
		return real;
	if (!*name) {
		errno = EISDIR;
		return NULL;
	}
	folder = slash ? strndup(path, (size_t)(name - path)) : strdup(".");
	real = folder ? realpath(folder, NULL) : NULL;
	free(folder);
	if (real && asprintf(&made, "%s/%s", real, name) < 0)
		made = NULL;
	free(real);
	return made;
}

/* The descriptor of a new file; -1, with errno. Never 0, 1 or 2: messages for a missing
 * standard stream would be written into it. */
static int make_beside(const char *path, mode_t mode, char **temporary)
{
	size_t folder = (size_t)(strrchr(path, '/') - path);
	uint64_t number;
	int made, kept;

	*temporary = memory_take(folder + sizeof TEMPORARY + 16);
	for (int tries = 0;; tries++) {
		if (getrandom(&number, sizeof number, 0) != sizeof number)
			return -1;
		sprintf(*temporary, "%.*s" TEMPORARY "%016" PRIx64, (int)folder, path, number);
		made = open(*temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (made >= 0 || errno != EEXIST || tries == TRIES)
			break;
	}
	if (made < 0 || made > STDERR_FILENO)
		return made;
	kept = fcntl(made, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(made);
	if (kept < 0)
		unlink(*temporary);
	return kept;
}

/* Gives the new file the old one's mode and, as far as that is permitted, its owner. */
static void resemble(int made, const struct stat *old)
{
	if ((old->st_uid != geteuid() || old->st_gid != getegid()) &&
	    fchown(made, old->st_uid, old->st_gid) != 0)
		errno = 0; /* then it belongs to this user */
	fchmod(made, old->st_mode & 0777);
}

static int make(struct whole_file *file, const char *path)
{
	struct stat old;
	bool exists = stat(path, &old) == 0;
	int made;

	/* For example another user's link in /tmp, which the kernel does not follow either. */
	if (!exists && errno != ENOENT)
		return -1;
	if (exists && S_ISDIR(old.st_mode)) {
		errno = EISDIR;
		return -1;
	}
	if (exists && eaccess(path, W_OK) != 0)
		return -1;
	file->path = resolve(path);
	if (!file->path)
		return -1;
	made = make_beside(file->path, exists ? 0600 : 0666, &file->temporary);
	if (made >= 0 && exists)
		resemble(made, &old);
	return made;
}

static void forget(struct whole_file *file)
{
	for (struct whole_file **at = &open_files; *at; at = &(*at)->next)
		if (*at == file) {
			*at = file->next;
			break;
		}
	free(file->temporary);
	free(file->path);
	*file = (struct whole_file){0};
}

bool whole_file_open(struct whole_file *file, const char *path, FILE **out)
{
	sigset_t before;
	int made, error;

	*file = (struct whole_file){0};
	signals_take();
	signals_hold(&before);
	made = make(file, path);
	*out = made >= 0 ? fdopen(made, "w") : NULL;
	error = errno;
	if (*out) {
		file->next = open_files;
		open_files = file;
	} else {
		if (made >= 0) {
			unlink(file->temporary);
			close(made);
		}
		forget(file);
	}
	signals_release(&before);
	errno = error;
	return *out != NULL;
}

typedef int name_function(const char *from, const char *to);

static bool keep(struct whole_file *file, FILE *out, name_function *name)
{
	sigset_t before;
	int error;
	bool kept;

	/* With some file systems only close() reports that the disk is full. */
	kept = fclose(out) == 0;
	error = errno;
	signals_hold(&before);
	if (kept && name(file->temporary, file->path) != 0) {
		kept = false;
		error = errno;
	}
	if (!kept)
		unlink(file->temporary);
	forget(file);
	signals_release(&before);
	errno = error;
	return kept;
}

bool whole_file_keep(struct whole_file *file, FILE *out)
{
	return keep(file, out, rename);
}

/* Not every file system has an atomic way. An existing link counts as an existing file. */
static int rename_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	return link(from, to) == 0 ? unlink(from) : -1;
}

bool whole_file_keep_new(struct whole_file *file, FILE *out)
{
	return keep(file, out, rename_new);
}

void whole_file_drop(struct whole_file *file, FILE *out)
{
	sigset_t before;
	int error = errno;

	fclose(out);
	signals_hold(&before);
	unlink(file->temporary);
	forget(file);
	signals_release(&before);
	errno = error;
}
