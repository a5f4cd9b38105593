/* SPDX-License-Identifier: Apache-2.0 */
/*
 * code.c - see code.h.
 */
#include "recipe/code.h"

#include <elf.h>
#include <libelf.h>
#include <string.h>

static bool is_build_id(const GElf_Nhdr *note, const char *owner)
{
	return note->n_type == NT_GNU_BUILD_ID && note->n_namesz == sizeof ELF_NOTE_GNU &&
	       memcmp(owner, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0;
}

static void notes_read(struct code *code, const GElf_Phdr *segment)
{
	Elf_Data *data = elf_getdata_rawchunk(code->file.elf, (int64_t)segment->p_offset,
					      segment->p_filesz, ELF_T_NHDR);
	size_t at = 0, owner, id;
	GElf_Nhdr note;

	while (data && !code->id_bytes && (at = gelf_getnote(data, at, &note, &owner, &id)))
		if (is_build_id(&note, (const char *)data->d_buf + owner) && note.n_descsz &&
		    note.n_descsz <= sizeof code->id) {
			code->id_bytes = note.n_descsz;
			memcpy(code->id, (const char *)data->d_buf + id, note.n_descsz);
		}
}

static void segment_add(struct code *code, const GElf_Phdr *segment)
{
	Elf_Data *data = elf_getdata_rawchunk(code->file.elf, (int64_t)segment->p_offset,
					      segment->p_filesz, ELF_T_BYTE);

	if (data && data->d_buf && code->segment_count < CODE_SEGMENTS)
		code->segments[code->segment_count++] = (struct code_segment){
			.address = segment->p_vaddr,
			.bytes = data->d_buf,
			.size = data->d_size,
		};
}

bool code_open(struct code *code, const char *path, char *why, size_t why_bytes)
{
	size_t count = 0;
	GElf_Phdr segment;

	memset(code, 0, sizeof *code);
	if (!elf_file_open(&code->file, path, ELF_K_ELF, why, why_bytes))
		return false;
	if (elf_getphdrnum(code->file.elf, &count) != 0)
		count = 0;
	for (size_t i = 0; i < count; i++) {
		if (!gelf_getphdr(code->file.elf, (int)i, &segment))
			continue;
		if (segment.p_type == PT_NOTE)
			notes_read(code, &segment);
		if (segment.p_type == PT_LOAD && segment.p_flags & PF_X)
			segment_add(code, &segment);
	}
	return true;
}

void code_close(struct code *code)
{
	elf_file_close(&code->file);
}

bool code_same_id(const struct code *one, const struct code *other)
{
	return one->id_bytes && one->id_bytes == other->id_bytes &&
	       memcmp(one->id, other->id, one->id_bytes) == 0;
}

const uint8_t *code_at(const struct code *code, uint64_t address, uint64_t bytes)
{
	for (size_t i = 0; i < code->segment_count; i++) {
		const struct code_segment *segment = &code->segments[i];
		uint64_t into = address - segment->address;

		if (address >= segment->address && into <= segment->size &&
		    bytes <= segment->size - into)
			return segment->bytes + into;
	}
	return NULL;
}
