/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digits.c - see digits.h.
 */
#include "guest/digits.h"

size_t digits_decimal(char *to, uint64_t value)
{
	char digits[20];
	size_t count = 0;

	do
		digits[count++] = (char)('0' + value % 10);
	while (value /= 10);
	for (size_t i = 0; i < count; i++)
		to[i] = digits[count - 1 - i];
	return count;
}

size_t digits_hexadecimal(char *to, uint64_t value)
{
	size_t count = 1;

	while (count < 16 && value >> (4 * count))
		count++;
	for (size_t i = 0; i < count; i++)
		to[i] = "0123456789abcdef"[value >> (4 * (count - 1 - i)) & 15];
	return count;
}

static int digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool digits_bytes(uint8_t *to, size_t bytes, const char *text)
{
	for (size_t i = 0; i < bytes; i++) {
		int high = digit_value(text[0]);
		int low = high < 0 ? -1 : digit_value(text[1]);

		if (low < 0)
			return false;
		to[i] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	return *text == '\0';
}
