/* SPDX-License-Identifier: Apache-2.0 */
/*
 * toml.cpp - see toml.h: toml++ reads, this copies what it found.
 *
 * No exception leaves this file: C callers could not catch it.
 */
#include "policy/toml.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <tuple>

#include <toml++/toml.h>

extern "C" {
#include "memory/memory.h"
}

/* What toml++ takes and a policy cannot: thrown here, caught in toml_read(). */
struct refused {
	toml_place at;
	const char *what;
};

static toml_place place_of(const toml::source_position &position)
{
	return {static_cast<int>(position.line), static_cast<int>(position.column)};
}

static char *text_of(std::string_view text, toml_place at)
{
	if (text.find('\0') != std::string_view::npos)
		throw refused{at, "a text may not hold a NUL character"};
	char *copy = static_cast<char *>(memory_take(text.size() + 1));

	memcpy(copy, text.data(), text.size());
	copy[text.size()] = '\0';
	return copy;
}

static void value_fill(toml_value *value, const toml::node &node);

static void table_fill(toml_value *value, const toml::table &table)
{
	value->kind = TOML_TABLE;
	value->items = static_cast<toml_value *>(
		memory_zeroed(table.size() + 1, sizeof(*value->items)));
	for (const auto &[key, node] : table) {
		toml_value *item = &value->items[value->count++];

		item->key_at = place_of(key.source().begin);
		item->key = text_of(key.str(), item->key_at);
		value_fill(item, node);
	}
	/* toml++ sorts by name; of several errors the first one in the file is reported. */
	std::sort(value->items, value->items + value->count,
		  [](const toml_value &a, const toml_value &b) {
			  return std::tie(a.key_at.line, a.key_at.column) <
				 std::tie(b.key_at.line, b.key_at.column);
		  });
}

static void array_fill(toml_value *value, const toml::array &array)
{
	value->kind = TOML_ARRAY;
	value->items = static_cast<toml_value *>(
		memory_zeroed(array.size() + 1, sizeof(*value->items)));
	for (const auto &node : array)
		value_fill(&value->items[value->count++], node);
}

static void value_fill(toml_value *value, const toml::node &node)
{
	value->kind = TOML_OTHER;
	value->at = place_of(node.source().begin);
	if (const auto *table = node.as_table())
		return table_fill(value, *table);
	if (const auto *array = node.as_array())
		return array_fill(value, *array);
	if (const auto *string = node.as_string()) {
		value->kind = TOML_STRING;
		value->text = text_of(string->get(), value->at);
	} else if (const auto *integer = node.as_integer()) {
		value->kind = TOML_INTEGER;
		value->number = integer->get();
	} else if (const auto *date = node.as_date()) {
		value->kind = TOML_DATE;
		value->number =
			date->get().year * 10000 + date->get().month * 100 + date->get().day;
	}
}

static void fault_fill(toml_fault *fault, toml_place at, const char *what)
{
	fault->at = at;
	snprintf(fault->what, sizeof(fault->what), "%s", what);
}

toml_value *toml_read(const char *text, size_t bytes, toml_fault *fault)
{
	toml_value *document = static_cast<toml_value *>(memory_zeroed(1, sizeof(*document)));

	try {
		value_fill(document, toml::parse(std::string_view(text, bytes)));
		return document;
	} catch (const toml::parse_error &error) {
		fault_fill(fault, place_of(error.source().begin), error.what());
	} catch (const refused &why) {
		fault_fill(fault, why.at, why.what);
	} catch (const std::exception &error) {
		fault_fill(fault, {0, 0}, error.what());
	}
	toml_free(document);
	return nullptr;
}

static void value_clear(toml_value *value)
{
	for (size_t i = 0; i < value->count; i++)
		value_clear(&value->items[i]);
	free(value->items);
	free(value->key);
	free(value->text);
}

void toml_free(toml_value *document)
{
	if (!document)
		return;
	value_clear(document);
	free(document);
}
