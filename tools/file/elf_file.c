/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_file.c - see elf_file.h.
 */
#include "file/elf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libelf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file/regular.h"
#include "file/shrunk.h"

#define FILE_BYTES_MAX ((off_t)4 << 30)

bool elf_file_open(struct elf_file *file, const char *path, Elf_Kind kind, char *why,
		   size_t why_bytes)
{
	*file = (struct elf_file){.elf = NULL};
	file->fd = regular_open(path, O_RDONLY, &file->stat);
	if (file->fd < 0) {
		const char *is = regular_is(errno);

		snprintf(why, why_bytes, "%s%s",
			 is ? is : "cannot be read: ", is ? "" : strerror(errno));
		return false;
	}
	elf_version(EV_CURRENT);
	shrunk_begin();
	if (file->stat.st_size <= FILE_BYTES_MAX)
		file->elf = elf_begin(file->fd, ELF_C_READ_MMAP, NULL);
	if (file->elf && elf_kind(file->elf) == kind &&
	    (kind != ELF_K_ELF || gelf_getehdr(file->elf, &file->header)))
		return true;
	snprintf(why, why_bytes, "is not an %s",
		 kind == ELF_K_AR ? "archive of object files" : "ELF file");
	elf_file_close(file);
	return false;
}

void elf_file_close(struct elf_file *file)
{
	if (file->elf)
		elf_end(file->elf);
	close(file->fd);
	shrunk_end();
}

Elf_Scn *elf_file_section(Elf *elf, const char *name)
{
	size_t names;
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		const char *found = gelf_getshdr(section, &header)
					    ? elf_strptr(elf, names, header.sh_name)
					    : NULL;

		if (found && strcmp(found, name) == 0)
			return section;
	}
	return NULL;
}
