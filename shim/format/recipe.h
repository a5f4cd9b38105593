/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe.h - a file that says where the functions of librdkafka are in a program without
 * symbols: `unflushed recipe` and `unflushed run` write it, the library reads it.
 *
 * Its name is RECIPE_PREFIX, the last RECIPE_NAMED_BYTES bytes of the program's build id
 * (.note.gnu.build-id) in small hexadecimal digits, and RECIPE_SUFFIX; it lies in the directory
 * of the traces. All numbers are in the byte order of the machine. A head, and `count` rows
 * behind it, and nothing else.
 */
#ifndef UNFLUSHED_FORMAT_RECIPE_H
#define UNFLUSHED_FORMAT_RECIPE_H

#include <stdint.h>

#define RECIPE_MAGIC "unfrcp01"
#define RECIPE_PREFIX "unflushed-"
#define RECIPE_SUFFIX ".recipe"
#define RECIPE_NAMED_BYTES 20 /* fewer where the build id has fewer */
#define RECIPE_ID_BYTES 64    /* the longest build id; usual are 20 */
#define RECIPE_NAME_BYTES 64
#define RECIPE_BEGIN_BYTES 16
#define RECIPE_ROWS_MAX 8192

/* How the functions were found. */
enum recipe_source {
	RECIPE_OF_SYMBOLS = 1, /* a file with the program's symbols, of the same build id */
	RECIPE_OF_ARCHIVE = 2, /* an archive that the program was linked with */
	RECIPE_OF_RELEASE = 3, /* what is known of released archives */
};

struct recipe_head {
	char magic[8];
	uint16_t machine; /* e_machine of the program's file */
	uint16_t source;  /* enum recipe_source */
	uint32_t count;	  /* rows: 1 to RECIPE_ROWS_MAX */
	uint32_t id_bytes;
	uint32_t reserved; /* 0 */
	uint8_t id[RECIPE_ID_BYTES];
};

struct recipe_row {
	char name[RECIPE_NAME_BYTES]; /* ends with a 0 byte */
	/* As the program's file counts addresses (st_value). 0: the function is in the program,
	 * and where is not known. */
	uint64_t address;
	uint64_t bytes;			   /* of its code; 1 or more */
	uint8_t begin[RECIPE_BEGIN_BYTES]; /* its first bytes; 0 behind the last */
};

#endif
