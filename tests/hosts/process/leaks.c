/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leaks.c - ends with memory that nobody has an address of, which is no fault to report
 * unless it was built to report it.
 */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	char *volatile memory = malloc(100);

	memory[0] = 'x';
	putchar(memory[0]);
	putchar('\n');
	memory = NULL;
	return 0;
}
