/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_writer.c - many threads write one trace at once, and no event or count
 * is lost, torn or counted twice.
 *
 * The guest's own files are built into this program, so that a sanitizer checks
 * them. All threads start together; when they are done, the tools' reader reads
 * the trace.
 *
 * compiles: shim/guest/[a-z]*.c shim/trace/[a-z]*.c
 */
#include <dirent.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "guest/state.h"
#include "read/reader.h"
#include "scratch.h"
#include "testing.h"
#include "trace/map.h"
#include "trace/record.h"
#include "trace/writer.h"

#define THREADS 8

#define CLAIMS 100 /* each; more in all than there are rows of sites */
#define STRINGS 100
#define LONG_STRINGS 64 /* each of LONG_BYTES: more in all than the table holds */
#define LONG_BYTES 1000
#define TOPICS 16
#define SITES 12 /* TOPICS * SITES * THREADS are more cells than there are */
#define ROUNDS 200
#define EVENTS 3000   /* each; more than a ring holds */
#define LATECOMERS 60 /* more than there are slots for threads */
#define LATE_EVENTS 10

struct worker {
	pthread_t thread;
	uint32_t number;
	uint32_t claimed, refused;
	uint32_t strings_refused;
	uint32_t cells_refused;
	uint32_t slot;
	trace_string strings[STRINGS];
};

static struct worker workers[THREADS];
static pthread_barrier_t together;
static struct reader reader;

/* --- what each thread does ---------------------------------------------- */

static void claim_sites(struct worker *worker)
{
	for (int i = 0; i < CLAIMS; i++) {
		uint32_t row = writer_claim(SECTION_SITE);

		if (row == WRITER_NONE) {
			worker->refused++;
			continue;
		}
		worker->claimed++;
		/* A row that two had claimed would not be zero here. */
		trace->sites[row].hash += worker->number + 1;
		__atomic_store_n(&trace->sites[row].state, 1, __ATOMIC_RELEASE);
	}
}

static size_t string_text(char *text, size_t room, uint32_t worker, int number)
{
	return (size_t)snprintf(text, room, "string %d of thread %u", number, worker);
}

static void write_strings(struct worker *worker)
{
	char text[64];

	for (int i = 0; i < STRINGS; i++) {
		size_t bytes = string_text(text, sizeof text, worker->number, i);

		worker->strings[i] = writer_string(text, bytes);
	}
}

/* Every thread counts on the same rows, in cells of its own or, when those
 * have run out, on the row itself. */
static void count_messages(struct worker *worker)
{
	for (uint32_t round = 0; round < ROUNDS; round++)
		for (uint32_t i = 0; i < TOPICS * SITES; i++) {
			char name[16];

			snprintf(name, sizeof name, "topic-%u", i % TOPICS);
			uint32_t row = writer_topic(i % 3, name, -1, trace->overflow_topic);
			struct trace_cell *cell = writer_cell(row, i / TOPICS + 1);
			uint64_t *messages = cell ? cell->counts.messages
						  : trace->topics[row].counts.messages;

			if (cell)
				writer_add(&messages[COUNT_SENT], 1);
			else
				writer_add_shared(&messages[COUNT_SENT], 1);
			worker->cells_refused += !cell;
		}
}

static void write_events(struct worker *worker)
{
	for (int64_t i = 0; i < EVENTS; i++) {
		writer_event(EVENT_FILL, worker->number, i, ~i);
		writer_add_shared(&trace->process->sends_unseen, 1);
		writer_max(&trace->process->recycled_stalls,
			   (uint64_t)(i * THREADS + worker->number));
	}
	worker->slot = writer_thread();
}

static void fill_the_strings(struct worker *worker)
{
	static const char text[LONG_BYTES];

	for (int i = 0; i < LONG_STRINGS; i++)
		worker->strings_refused += !writer_string(text, sizeof text);
}

static void *work(void *of)
{
	static void (*const turns[])(struct worker *) = {
		claim_sites, write_strings, count_messages, write_events, fill_the_strings,
	};

	for (size_t turn = 0; turn < sizeof turns / sizeof turns[0]; turn++) {
		pthread_barrier_wait(&together);
		turns[turn](of);
	}
	return NULL;
}

/* One after the other: each may find a slot whose owner is dead. */
static void *come_late(void *of)
{
	(void)of;
	for (int64_t i = 0; i < LATE_EVENTS; i++)
		writer_event(EVENT_CONNECT, 0, i, ~i);
	return NULL;
}

/* --- the trace ----------------------------------------------------------- */

static int trace_open(const char *directory)
{
	DIR *entries = opendir(directory);
	struct dirent *entry;
	char path[512] = "";
	int traces = 0;

	while (entries && (entry = readdir(entries)))
		if (strstr(entry->d_name, TRACE_SUFFIX)) {
			snprintf(path, sizeof path, "%.200s/%.200s", directory, entry->d_name);
			traces++;
		}
	if (entries)
		closedir(entries);
	if (traces == 1 && reader_open(&reader, path, READER_EVENTS))
		return 0;
	print_error("%d traces; %s\n", traces, reader.faults[0].what);
	return -1;
}

static int hammer(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	const char *directory = scratch_path("traces");

	if (mkdir(directory, 0700) != 0 || setenv("UNFLUSHED_DIR", directory, 1) != 0)
		return -1;
	if (guest_wake() != GUEST_AWAKE || !record_ready())
		return -1;
	pthread_barrier_init(&together, NULL, THREADS);
	for (uint32_t i = 0; i < THREADS; i++) {
		workers[i].number = i;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
			return -1;
	}
	for (uint32_t i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	/* Before anybody takes over their rings. */
	return trace_open(directory);
}

static int put_away(void **state)
{
	reader_close(&reader);
	return scratch_remove(state);
}

/* --- what must be in it --------------------------------------------------- */

static void the_trace_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < reader.fault_count; i++)
		print_error("%s\n", reader.faults[i].what);
	assert_int_equal(reader.fault_count, 0);
	const struct trace_process *process = reader_row(&reader, SECTION_PROCESS, 0);

	assert_non_null(process);
	assert_int_equal(process->events_dropped, 0);
}

static void a_row_is_claimed_by_one_thread_only(void **state)
{
	const struct trace_section *section = &reader.sections[SECTION_SITE];
	uint32_t found[THREADS + 1] = {0};
	uint32_t refused = 0;

	(void)state;
	assert_int_equal(section->used, section->rows);
	assert_int_equal(reader_complete(&reader, SECTION_SITE), section->rows);
	for (uint32_t row = 0; row < section->rows; row++) {
		const struct trace_site *site = reader_row(&reader, SECTION_SITE, row);

		assert_between(site->hash, 1, THREADS);
		found[site->hash]++;
	}
	for (uint32_t i = 0; i < THREADS; i++) {
		assert_int_equal(found[i + 1], workers[i].claimed);
		refused += workers[i].refused;
	}
	assert_int_equal(refused, THREADS * CLAIMS - section->rows);
	assert_int_equal(section->dropped, refused);
}

static void a_string_is_what_its_thread_wrote(void **state)
{
	uint32_t refused = 0;
	char text[64];

	(void)state;
	for (uint32_t i = 0; i < THREADS; i++) {
		for (int n = 0; n < STRINGS; n++) {
			string_text(text, sizeof text, i, n);
			assert_string_equal(reader_string(&reader, workers[i].strings[n]),
					    text);
		}
		refused += workers[i].strings_refused;
	}
	assert_between(refused, 1, THREADS * LONG_STRINGS - 1);
	assert_int_equal(reader.sections[SECTION_STRING].dropped, refused);
}

static uint64_t sent_in_cells(uint32_t topic, uint64_t by_thread[])
{
	uint64_t sent = 0;

	for (uint32_t i = 0; i < reader_rows(&reader, SECTION_CELL); i++) {
		const struct trace_cell *cell = reader_row(&reader, SECTION_CELL, i);

		if (!cell || cell->topic != topic)
			continue;
		sent += cell->counts.messages[COUNT_SENT];
		by_thread[cell->thread] += cell->counts.messages[COUNT_SENT];
	}
	return sent;
}

/* A topic may have two rows, a site of a thread two cells: only sums count. */
static void every_message_is_counted_once(void **state)
{
	uint64_t sent[TOPICS][3] = {{0}};
	uint64_t by_thread[64] = {0};
	uint32_t refused = 0;

	(void)state;
	for (uint32_t i = 0; i < reader_rows(&reader, SECTION_TOPIC); i++) {
		const struct trace_topic *row = reader_row(&reader, SECTION_TOPIC, i);
		const char *name = row ? reader_string(&reader, row->topic) : NULL;
		unsigned number;

		if (!name || sscanf(name, "topic-%u", &number) != 1)
			continue;
		assert_between(number, 0, TOPICS - 1);
		assert_between(row->producer, 0, 2);
		sent[number][row->producer] +=
			row->counts.messages[COUNT_SENT] + sent_in_cells(i, by_thread);
	}
	for (uint32_t i = 0; i < TOPICS; i++) /* i % 3 takes each value as often */
		for (uint32_t producer = 0; producer < 3; producer++)
			assert_int_equal(sent[i][producer], THREADS * ROUNDS * SITES / 3);
	for (uint32_t i = 0; i < THREADS; i++) {
		assert_int_equal(by_thread[workers[i].slot - 1] + workers[i].cells_refused,
				 ROUNDS * TOPICS * SITES);
		refused += workers[i].cells_refused;
	}
	assert_true(refused > 0);
	assert_int_equal(reader.sections[SECTION_CELL].dropped, refused);
	assert_int_equal(reader.sections[SECTION_TOPIC].dropped, 0);
}

static void a_ring_holds_its_threads_last_events(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < THREADS; i++) {
		uint32_t thread = workers[i].slot - 1;
		uint64_t end = reader_event_end(&reader, thread);
		uint64_t first = reader_event_first(&reader, thread);
		int64_t last_ns = 0;

		assert_int_equal(end, EVENTS);
		assert_int_equal(end - first, TRACE_RING_EVENTS - 1);
		for (uint64_t n = first; n < end; n++) {
			const struct trace_event *event = reader_event(&reader, thread, n);

			assert_non_null(event);
			assert_int_equal(event->kind, EVENT_FILL);
			assert_int_equal(event->object, i);
			assert_int_equal(event->a, n);
			assert_int_equal(event->b, ~event->a);
			assert_true(event->at_ns >= last_ns);
			last_ns = event->at_ns;
		}
	}
	assert_int_equal(reader_events_overwritten(&reader),
			 THREADS * (EVENTS - (TRACE_RING_EVENTS - 1)));
}

static void shared_counters_are_exact(void **state)
{
	const struct trace_process *process = reader_row(&reader, SECTION_PROCESS, 0);

	(void)state;
	assert_int_equal(process->sends_unseen, THREADS * EVENTS);
	assert_int_equal(process->recycled_stalls, THREADS * EVENTS - 1);
}

static uint64_t events_written(void)
{
	uint64_t written = trace->process->events_dropped;

	for (uint32_t i = 0; i < writer_section(SECTION_THREAD)->rows; i++)
		written += trace->threads[i].head;
	return written;
}

/* A thread that has just ended may not be gone yet: without a slot its
 * events are counted as dropped. */
static void a_slot_passes_on_and_loses_no_count(void **state)
{
	uint64_t before = events_written(), takeovers = 0;
	struct trace_section *section = writer_section(SECTION_THREAD);

	(void)state;
	for (int i = 0; i < LATECOMERS; i++) {
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL, come_late, NULL), 0);
		assert_int_equal(pthread_join(thread, NULL), 0);
	}
	for (uint32_t i = 0; i < section->rows; i++)
		takeovers += trace->threads[i].takeovers;
	assert_int_equal(events_written() - before, LATECOMERS * LATE_EVENTS);
	assert_int_equal(section->used, section->rows);
	assert_between(takeovers, 1, LATECOMERS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_trace_is_whole),
		cmocka_unit_test(a_row_is_claimed_by_one_thread_only),
		cmocka_unit_test(a_string_is_what_its_thread_wrote),
		cmocka_unit_test(every_message_is_counted_once),
		cmocka_unit_test(a_ring_holds_its_threads_last_events),
		cmocka_unit_test(shared_counters_are_exact),
		cmocka_unit_test(a_slot_passes_on_and_loses_no_count),
	};

	return cmocka_run_group_tests(tests, hammer, put_away);
}
