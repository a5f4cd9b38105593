/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe.c - see recipe.h.
 *
 * A recipe decides which code of the program is replaced. So a recipe is used
 * only if its owner is a user who can write the program's memory anyway.
 */
#define _GNU_SOURCE 1
#include "linked/recipe.h"

#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "guest/raw.h"
#include "guest/settings.h"

#if defined(__x86_64__)
#define MACHINE EM_X86_64
#else
#define MACHINE EM_AARCH64
#endif

static bool path_make(char *path, size_t room, const char *directory, const uint8_t *id,
		      size_t id_bytes)
{
	size_t named = id_bytes < RECIPE_NAMED_BYTES ? id_bytes : RECIPE_NAMED_BYTES;
	size_t at = strlen(directory);

	if (at + sizeof "/" RECIPE_PREFIX RECIPE_SUFFIX + 2 * named > room)
		return false;
	memcpy(path, directory, at);
	memcpy(path + at, "/" RECIPE_PREFIX, sizeof "/" RECIPE_PREFIX - 1);
	at += sizeof "/" RECIPE_PREFIX - 1;
	for (size_t i = id_bytes - named; i < id_bytes; i++) {
		path[at++] = "0123456789abcdef"[id[i] >> 4];
		path[at++] = "0123456789abcdef"[id[i] & 15];
	}
	memcpy(path + at, RECIPE_SUFFIX, sizeof RECIPE_SUFFIX);
	return true;
}

/* Root is trusted, too: the administrator makes the recipe of a daemon as root. */
static bool is_trusted(const struct stat *status)
{
	return S_ISREG(status->st_mode) && !(status->st_mode & (S_IWGRP | S_IWOTH)) &&
	       (status->st_uid == 0 || status->st_uid == (uid_t)RAW_0(SYS_getuid));
}

#define BYTES_MOST (sizeof(struct recipe_head) + RECIPE_ROWS_MAX * sizeof(struct recipe_row))

/* Reads the file into memory of its own: a mapped file that is truncated meanwhile would end
 * the host by SIGBUS. Returns the size; 0: the file could not be read. */
static size_t file_read(const char *path, const void **content)
{
	long fd = RAW_4(SYS_openat, AT_FDCWD, path,
			O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
	struct stat status = {0};
	long at = -1, got = -1;

	if (fd < 0)
		return 0;
	if (RAW_4(SYS_newfstatat, fd, "", &status, AT_EMPTY_PATH) == 0 && is_trusted(&status) &&
	    status.st_size >= (off_t)sizeof(struct recipe_head) &&
	    status.st_size <= (off_t)BYTES_MOST)
		at = raw_call6(SYS_mmap, 0, status.st_size, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool is_mapped = at >= 0 || at <= -4096;

	if (is_mapped)
		got = RAW_4(SYS_pread64, fd, at, status.st_size, 0);
	RAW_1(SYS_close, fd);
	if (is_mapped && got != status.st_size)
		RAW_2(SYS_munmap, at, status.st_size);
	if (got != status.st_size)
		return 0;
	*content = (const void *)at;
	return (size_t)got;
}

static bool is_whole(const struct recipe_file *recipe, const uint8_t *id, size_t id_bytes)
{
	const struct recipe_head *head = recipe->mapped;

	if (memcmp(head->magic, RECIPE_MAGIC, sizeof head->magic) != 0 ||
	    head->machine != MACHINE || head->id_bytes != id_bytes ||
	    id_bytes > sizeof head->id || memcmp(head->id, id, id_bytes) != 0 ||
	    head->count == 0 || head->count > RECIPE_ROWS_MAX ||
	    recipe->mapped_bytes != sizeof *head + head->count * sizeof *recipe->rows)
		return false;
	for (size_t i = 0; i < head->count; i++)
		if (!memchr(recipe->rows[i].name, '\0', RECIPE_NAME_BYTES))
			return false;
	return true;
}

bool recipe_open(const char *directory, const uint8_t *id, size_t id_bytes,
		 struct recipe_file *recipe)
{
	char path[SETTING_BYTES + 80];

	*recipe = (struct recipe_file){NULL, 0, NULL, 0};
	if (!id || !id_bytes || !path_make(path, sizeof path, directory, id, id_bytes))
		return false;
	recipe->mapped_bytes = file_read(path, &recipe->mapped);
	if (!recipe->mapped_bytes)
		return false;
	recipe->rows =
		(const void *)((const uint8_t *)recipe->mapped + sizeof(struct recipe_head));
	if (is_whole(recipe, id, id_bytes)) {
		recipe->count = ((const struct recipe_head *)recipe->mapped)->count;
		return true;
	}
	recipe_close(recipe);
	return false;
}

void recipe_close(const struct recipe_file *recipe)
{
	if (recipe->mapped_bytes)
		RAW_2(SYS_munmap, recipe->mapped, recipe->mapped_bytes);
}
