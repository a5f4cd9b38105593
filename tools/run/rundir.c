/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundir.c - the directory in which a run keeps its traces, and the files in it
 *
 * The private directory has mode 0700 and is made with mkdtemp(): a trace has
 * topics, hosts and arguments, and no other user may add one. A host of root's
 * may change its user (a daemon does) before it produces, and must be able to
 * record as that user: its directory accepts files of everybody who knows its
 * name, which cannot be listed or guessed. Whether there is disk space is
 * checked before the host starts, by allocating that of a trace: the guest
 * could only stop recording.
 */
#include "run/rundir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/regular.h"
#include "file/sparse.h"
#include "format/format.h"
#include "memory/memory.h"

/* A space or a colon would end the name in LD_PRELOAD, and the loader expands
 * what follows a dollar. */
#define UNFIT_FOR_PRELOAD " :$\t\n"
#define AUDIT "libunflushed-audit.so"

#define OTHERS_PASS 0711   /* but cannot list it */
#define OTHERS_WRITE 01733 /* but cannot remove each other's files */

/* Makes a directory in `outer` with a name of 128 random bits. */
static bool secret_make(struct rundir *dir)
{
	char chance[RUN_NUMBER_DIGITS + 1];

	if (!origin_number_make(chance))
		return false;
	snprintf(dir->own, sizeof(dir->own), "%s/%s", dir->outer, chance);
	/* chmod, since the umask restricts mkdir's mode. */
	return mkdir(dir->own, 0700) == 0 && chmod(dir->own, OTHERS_WRITE) == 0 &&
	       chmod(dir->outer, OTHERS_PASS) == 0;
}

static bool own_make(struct rundir *dir, char *why, size_t why_bytes)
{
	const char *parent = getenv("TMPDIR");
	bool made;

	if (!parent || parent[0] != '/' || strpbrk(parent, UNFIT_FOR_PRELOAD))
		parent = "/tmp";
	snprintf(dir->outer, sizeof(dir->outer), "%s/unflushed-XXXXXX", parent);
	made = mkdtemp(dir->outer);
	if (!made)
		dir->outer[0] = '\0';
	else if (geteuid() == 0)
		made = secret_make(dir);
	else
		snprintf(dir->own, sizeof(dir->own), "%s", dir->outer);
	if (!made)
		snprintf(why, why_bytes, "cannot make a directory in '%s': %s", parent,
			 strerror(errno));
	return made;
}

static bool traces_choose(struct rundir *dir, const char *keep, char *why, size_t why_bytes)
{
	if (!keep) {
		memcpy(dir->traces, dir->own, sizeof(dir->traces));
		return true;
	}
	dir->kept = true;
	if ((mkdir(keep, 0700) != 0 && errno != EEXIST) || !realpath(keep, dir->traces)) {
		snprintf(why, why_bytes, "cannot make the directory '%s': %s", keep,
			 strerror(errno));
		return false;
	}
	return true;
}

/* Beyond RLIMIT_FSIZE this would send SIGXFSZ to us. */
static int disk_take(int fd, off_t bytes)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < (rlim_t)bytes)
		return EFBIG;
	return posix_fallocate(fd, 0, bytes);
}

/* Allocates the disk space of a trace and frees it again. */
static bool room_check(const struct rundir *dir, char *why, size_t why_bytes)
{
	char name[PATH_MAX + 32];

	snprintf(name, sizeof(name), "%s/.room-XXXXXX", dir->traces);
	int fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0) {
		snprintf(why, why_bytes, "cannot write in '%s': %s", dir->traces,
			 strerror(errno));
		return false;
	}
	int error = disk_take(fd, TRACE_BYTES_MAX);
	close(fd);
	unlink(name);
	if (error)
		snprintf(why, why_bytes, "no room for a trace in '%s': %s", dir->traces,
			 strerror(error));
	return error == 0;
}

static bool mark_make(struct rundir *dir, char *why, size_t why_bytes)
{
	snprintf(dir->mark, sizeof(dir->mark), "%s/loaded", dir->own);
	int fd = open(dir->mark, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	/* Writable for all, as its directory: the host may have to note a reason as another
	 * user. */
	bool made = fd >= 0 && (geteuid() != 0 || fchmod(fd, 0622) == 0);

	if (!made)
		snprintf(why, why_bytes, "cannot write in '%s': %s", dir->own, strerror(errno));
	if (fd >= 0)
		close(fd);
	return made;
}

/* The auditor is in the shim's folder. Without it the host is recorded all the
 * same, except calls of functions that it takes with dlsym. */
static void audit_name(struct rundir *dir, const char *shim)
{
	char beside[PATH_MAX + 32];
	const char *slash = strrchr(shim, '/');

	snprintf(beside, sizeof(beside), "%.*s" AUDIT, slash ? (int)(slash + 1 - shim) : 0,
		 shim);
	if (access(beside, R_OK) != 0)
		return;
	snprintf(dir->audit, sizeof(dir->audit), "%s", beside);
	if (!strpbrk(beside, UNFIT_FOR_PRELOAD))
		return;
	snprintf(dir->audit, sizeof(dir->audit), "%s/" AUDIT, dir->own);
	if (symlink(beside, dir->audit) != 0)
		dir->audit[0] = '\0';
}

static bool shim_name(struct rundir *dir, const char *shim, char *why, size_t why_bytes)
{
	snprintf(dir->shim, sizeof(dir->shim), "%s", shim);
	if (!strpbrk(shim, UNFIT_FOR_PRELOAD))
		return true;
	snprintf(dir->shim, sizeof(dir->shim), "%s/libunflushed.so", dir->own);
	if (symlink(shim, dir->shim) == 0)
		return true;
	snprintf(why, why_bytes, "cannot link '%s': %s", dir->shim, strerror(errno));
	return false;
}

static bool ends_as_trace(const char *name)
{
	size_t length = strlen(name), suffix = strlen(TRACE_SUFFIX);

	return length > suffix && strcmp(name + length - suffix, TRACE_SUFFIX) == 0;
}

static bool list_add(char ***list, size_t *count, const char *folder, const char *name)
{
	char **grown = realloc(*list, (*count + 2) * sizeof(**list));

	if (!grown)
		return false;
	*list = grown;
	grown[*count + 1] = NULL;
	return asprintf(&grown[(*count)++], "%s/%s", folder, name) >= 0;
}

static char **list_traces(const char *folder, size_t *count)
{
	DIR *stream = opendir(folder);
	char **list = calloc(1, sizeof(*list));
	struct dirent *entry;

	*count = 0;
	while (stream && list && (entry = readdir(stream)))
		if (ends_as_trace(entry->d_name) &&
		    !list_add(&list, count, folder, entry->d_name))
			break;
	if (stream)
		closedir(stream);
	return list;
}

static struct place place_of(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0
		       ? (struct place){.device = about.st_dev, .inode = about.st_ino}
		       : (struct place){0};
}

bool rundir_make(struct rundir *dir, const char *keep, const char *shim, char *why,
		 size_t why_bytes)
{
	*dir = (struct rundir){0};
	if (!origin_number_make(dir->run)) {
		snprintf(why, why_bytes, "cannot number the run: %s", strerror(errno));
		return false;
	}
	if (!own_make(dir, why, why_bytes) || !traces_choose(dir, keep, why, why_bytes) ||
	    !room_check(dir, why, why_bytes) || !mark_make(dir, why, why_bytes) ||
	    !shim_name(dir, shim, why, why_bytes))
		return false;
	audit_name(dir, shim);
	dir->before = list_traces(dir->traces, &dir->before_count);
	dir->own_place = place_of(dir->own);
	dir->traces_place = place_of(dir->traces);
	return true;
}

static bool was_there(const struct rundir *dir, const char *path)
{
	for (size_t i = 0; i < dir->before_count; i++)
		if (strcmp(dir->before[i], path) == 0)
			return true;
	return false;
}

static void free_list(char **list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i]);
	free(list);
}

static void add_stranger(struct rundir_found *found, char *path, const char *why)
{
	found->strangers = memory_grown(found->strangers, found->stranger_count + 1,
					sizeof(*found->strangers));
	struct stranger *stranger = &found->strangers[found->stranger_count++];

	*stranger = (struct stranger){.path = path};
	snprintf(stranger->why, sizeof(stranger->why), "%s", why);
}

void rundir_find(const struct rundir *dir, const struct marks *marks,
		 struct rundir_found *found)
{
	size_t all = 0;
	char **list = list_traces(dir->traces, &all);

	*found = (struct rundir_found){.traces = list};
	for (size_t i = 0; list && i < all; i++) {
		char why[sizeof(found->strangers->why)];
		bool told = marks && marks_traced(marks, strrchr(list[i], '/') + 1);
		const char *strange = NULL;

		if (was_there(dir, list[i]) && !told)
			free(list[i]);
		else if ((strange = origin_strange(list[i], dir->run, told, why, sizeof(why))))
			add_stranger(found, list[i], strange);
		else
			list[found->count++] = list[i];
	}
	if (list)
		list[found->count] = NULL;
}

void rundir_found_free(struct rundir_found *found)
{
	free_list(found->traces, found->count);
	for (size_t i = 0; i < found->stranger_count; i++)
		free(found->strangers[i].path);
	free(found->strangers);
	*found = (struct rundir_found){0};
}

/* ---- whether the traces can be relied upon ---- */

static bool is_at(const char *path, struct place place)
{
	struct place now = place_of(path);

	return now.inode == place.inode && now.device == place.device;
}

/* A trace that a process noted in the mark file, and that is missing: also in a directory that
 * no other user may write to, a cleaning job may have removed it. */
static const struct mark *trace_missing(const struct rundir *dir, const struct marks *marks)
{
	char path[PATH_MAX + sizeof(((struct dirent *)0)->d_name)], why[100];

	for (size_t i = 0; marks && i < marks->count; i++) {
		const struct mark *mark = &marks->rows[i];

		if (mark->kind != '=' || strchr(mark->text, '/'))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir->traces, mark->text);
		if (origin_strange(path, dir->run, true, why, sizeof(why)))
			return mark;
	}
	return NULL;
}

/* A user who may rename `own` may replace it by another directory with a mark file. The folders
 * above `traces` are not checked: if one is replaced, traces of this run are missing, which is
 * noticed. */
static bool is_closed_to_others(const struct rundir *dir, char *why, size_t why_bytes)
{
	char parent[PATH_MAX];

	snprintf(parent, sizeof(parent), "%.*s", (int)(strrchr(dir->outer, '/') - dir->outer),
		 dir->outer);
	return !origin_open_to_others(parent[0] ? parent : "/", true, why, why_bytes) &&
	       (!dir->kept || !origin_open_to_others(dir->traces, false, why, why_bytes));
}

bool rundir_is_safe(const struct rundir *dir, const struct marks *marks, char *why,
		    size_t why_bytes)
{
	const struct mark *missing = NULL;

	if (!is_at(dir->own, dir->own_place) || !is_at(dir->traces, dir->traces_place)) {
		snprintf(why, why_bytes, "'%s' is not the directory that it was at the start",
			 is_at(dir->own, dir->own_place) ? dir->traces : dir->own);
		return false;
	}
	if (!is_closed_to_others(dir, why, why_bytes))
		return false;
	missing = trace_missing(dir, marks);
	const char *incomplete = marks ? marks_incomplete(marks) : NULL;

	if (missing)
		snprintf(why, why_bytes, "the trace '%s' of process %d is not there any more",
			 missing->text, (int)missing->pid);
	else if (incomplete)
		snprintf(why, why_bytes, "%s", incomplete);
	return !missing && !incomplete;
}

/* The offset of the process row of a trace; 0 if this is no complete trace of this version: the
 * reader reports what is wrong with it. */
static off_t process_row_at(int fd, off_t bytes)
{
	struct trace_header header;

	if (regular_read(fd, &header, sizeof(header), 0) < sizeof(header) ||
	    memcmp(header.magic, TRACE_MAGIC, 8) != 0 || header.version != TRACE_VERSION ||
	    header.byte_order != TRACE_BYTE_ORDER || header.state != TRACE_LIVE ||
	    header.section_count > TRACE_SECTIONS)
		return 0;
	for (uint32_t i = 0; i < header.section_count; i++) {
		const struct trace_section *section = &header.sections[i];

		if (section->kind == SECTION_PROCESS && section->offset % 8 == 0 &&
		    section->offset <= (uint64_t)bytes &&
		    (uint64_t)bytes - section->offset >= sizeof(struct trace_process))
			return (off_t)section->offset;
	}
	return 0;
}

static bool field_write(int fd, off_t row_at, size_t field_at, const void *value, size_t bytes)
{
	return pwrite(fd, value, bytes, row_at + (off_t)field_at) == (ssize_t)bytes;
}

/* `observed` is written last: if we are killed in between, the other fields do not count. */
static bool observation_write(int fd, off_t row_at, int32_t wait_status, int64_t now_ns)
{
	static const uint32_t observed = 1;

#define WRITE(field, value)                                                                    \
	field_write(fd, row_at, offsetof(struct trace_process, field), &(value), sizeof(value))
	return WRITE(observed_status, wait_status) && WRITE(observed_ns, now_ns) &&
	       WRITE(observed, observed);
#undef WRITE
}

/* The same, if it is the row of this process. */
static off_t own_row_at(int fd, off_t bytes, pid_t pid, uint64_t start_ticks)
{
	struct trace_process process;
	off_t at = process_row_at(fd, bytes);
	bool own = at && regular_read(fd, &process, sizeof(process), at) == sizeof(process) &&
		   process.pid == pid && process.start_ticks == start_ticks;

	return own ? at : 0;
}

/* The guest makes its trace without write permission, so that no program writes to it by
 * accident. If we cannot change that, it is not our trace. Not through a mapping: if the file
 * were truncated meanwhile, SIGBUS would end us. */
static bool observe_file(const char *path, pid_t pid, uint64_t start_ticks, int wait_status,
			 int64_t now_ns)
{
	struct stat about;
	int fd = regular_open(path, O_RDONLY | O_NOFOLLOW, &about);

	if (fd < 0)
		return false;
	off_t at = own_row_at(fd, about.st_size, pid, start_ticks);
	int writable = at ? regular_open_again(path, fd, &about) : -1;
	bool written = writable >= 0 && observation_write(writable, at, wait_status, now_ns);

	if (writable >= 0)
		close(writable);
	close(fd);
	return written;
}

size_t rundir_observe(const struct rundir *dir, pid_t pid, uint64_t start_ticks,
		      int wait_status, int64_t now_ns)
{
	struct rundir_found found;
	size_t written = 0;

	rundir_find(dir, NULL, &found);
	for (size_t i = 0; i < found.count; i++)
		written += observe_file(found.traces[i], pid, start_ticks, wait_status, now_ns);
	rundir_found_free(&found);
	return written;
}

/* If a trace keeps its disk blocks, that does no harm and is not reported. */
void rundir_shrink(const struct rundir_found *found)
{
	for (size_t i = 0; i < found->count; i++)
		sparse_make(found->traces[i]);
}

/* Our directory has only plain files; if there is anything else in it, both stay. */
void rundir_remove(struct rundir *dir)
{
	DIR *stream = dir->own[0] ? opendir(dir->own) : NULL;
	struct dirent *entry;

	while (stream && (entry = readdir(stream)))
		unlinkat(dirfd(stream), entry->d_name, 0);
	if (stream) {
		closedir(stream);
		rmdir(dir->own);
	}
	rmdir(dir->outer); /* already removed if it is the same */
	free_list(dir->before, dir->before_count);
	*dir = (struct rundir){0};
}
