/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confluent.c - confluent-kafka's AIOProducer: the messages that it holds before it
 * gives them to librdkafka.
 *
 * Its produce() appends to a list; every thousand messages, after a second, or at
 * flush() a thread of its pool passes the list to produce_batch. A program that
 * ends before that loses messages that librdkafka never had. So a message is counted
 * when it enters the list, in the account of its librdkafka producer
 * (account/held.h); from on_send on it is counted like any other.
 *
 * The list belongs to a ProducerBatchManager and one thread, that of the event loop.
 * Classes are wrapped only when an AIOProducer makes its producer. All reports are
 * served to the binding, partly by its own timer, so this is no wait of the
 * application: whether it waits is seen by the futures.
 */
#include "python/confluent.h"

#include <string.h>

#include "account/counts.h"
#include "account/held.h"
#include "account/told.h"
#include "account/waits.h"
#include "cpython/line.h"
#include "python/account.h"
#include "python/error.h"
#include "python/frames.h"
#include "python/methods.h"

/* ---- whose code runs ---- */

/* Compares the file name, not addresses of code: between the application's line and the
 * list there are frames of several modules of the package. No slash before the folder: a
 * path in sys.path may be relative. */
static bool code_is_of(object *code, const char *folder)
{
	object *name = python_get(code, "co_filename");
	bool is = name && strstr(python_text(name), folder);

	python_drop(name);
	return is;
}

/*
 * Code objects that were found to be the package's own: a few functions, which every
 * message passes, and reading the file name of each takes longer than all the rest. A
 * reference is kept for good, so that no other code gets their addresses.
 */
#define OWN_CODES 32
static object *own_codes[OWN_CODES];

static bool code_is_own(object *code, bool *ours)
{
	object **known = &own_codes[((uintptr_t)code >> 5) % OWN_CODES];

	*ours = false;
	if (*known == code)
		return true;
	if (!code_is_of(code, "confluent_kafka/"))
		return false;
	if (!*known) {
		py.Py_IncRef(code);
		*known = code;
	}
	return true;
}

/* 2.12 has the class in confluent_kafka/experimental/aio, later ones in confluent_kafka/aio. */
bool confluent_is_making(void)
{
	object *frame = py.PyEval_GetFrame(); /* borrowed */
	object *code = frame ? python_frame_code(frame) : NULL;
	bool is = code && code_is_of(code, "confluent_kafka/") &&
		  code_is_of(code, "/aio/producer/");

	python_drop(code);
	return is;
}

/* ---- the account of a producer ---- */

account_of_handle_fn *confluent_account_of_handle;

/*
 * The rd_kafka_t of a confluent_kafka.Producer is a member of its C object, at an offset
 * that differs between versions: found once, as the word that is a known handle.
 */
static struct account_producer *account_in(object *producer)
{
	static struct {
		object *class; /* a reference, so that no other gets its address */
		size_t words;
		size_t place; /* 0 not found yet; no object's first word is one */
	} known;
	void *const *words = (void *const *)producer;
	struct account_producer *account = NULL;

	/* PyObject: references, type */
	if (known.class != words[1]) {
		object *class = python_get(producer, "__class__");
		object *size = python_get(class, "__basicsize__");

		python_drop(known.class);
		known.class = class;
		known.words =
			class == words[1] ? (size_t)python_number(size, 0) / sizeof *words : 0;
		python_drop(size);
	}
	if (known.place && known.place < known.words && words[known.place])
		account = confluent_account_of_handle(words[known.place]);
	for (size_t i = 2; !account && i < known.words; i++)
		if (words[i] && (account = confluent_account_of_handle(words[i])))
			known.place = i;
	return account;
}

static struct account_producer *account_of(object *manager)
{
	static object *name_executor, *name_producer;
	object *executor = python_member(manager, &name_executor, "_kafka_executor");
	object *producer = python_member(executor, &name_producer, "_producer");
	struct account_producer *account = producer ? account_in(producer) : NULL;

	python_drop(producer);
	python_drop(executor);
	return account;
}

/* ---- messages ---- */

struct message {
	const char *topic;
	int32_t partition;
	uint64_t bytes; /* key plus value */
};

/* The binding passes a str to librdkafka as UTF-8, and other values as their bytes. */
static uint64_t bytes_of(object *value, const object *text)
{
	ssize_t bytes = 0;
	void *const *type = (void *const *)value, *const *text_type = (void *const *)text;

	if (!python_is_given(value))
		return 0;
	if (type[1] != text_type[1]) /* PyObject: references, type */
		return python_size(value);
	if (!py.PyUnicode_AsUTF8AndSize(value, &bytes))
		py.PyErr_Clear();
	return (uint64_t)bytes;
}

/* False: librdkafka would refuse the message. */
static bool message_read(object *from, struct message *message)
{
	static object *names[4];
	/* Borrowed, all of them. */
	object *topic = from ? python_item(from, &names[0], "topic") : NULL;
	object *partition = topic ? python_item(from, &names[1], "partition") : NULL;
	const char *name = python_text(topic);

	if (!topic || !name[0])
		return false;
	message->topic = name;
	message->partition = (int32_t)python_number(partition, -1);
	message->bytes = bytes_of(python_item(from, &names[2], "value"), topic) +
			 bytes_of(python_item(from, &names[3], "key"), topic);
	return true;
}

static void hold(object *manager, object *given, uint32_t site)
{
	struct account_producer *producer = account_of(manager);
	struct message message;

	if (!message_read(given, &message))
		return;
	uint32_t row = producer ? count_row(producer, message.topic, -1) : 0;

	if (producer && held_add(producer, row, message.partition, site))
		count_sent(producer, row, site, 1, message.bytes);
	else
		count_unseen(1);
}

object *method_call_CONFLUENT_HOLD(object *self, object *const *args, ssize_t count,
				   object *names)
{
	object *result = method_original(METHOD_CONFLUENT_HOLD, self, args, count, names);

	if (result && method_is_recording())
		hold(self, method_argument(args, count, names, 0, "msg_data"),
		     python_frames_site(code_is_own, __builtin_return_address(0),
					__builtin_dwarf_cfa()));
	return result;
}

/* purge() clears the list: counts the messages in it, but not those that are in a batch by now.
 */
static void purge(struct account_producer *producer, object *list)
{
	ssize_t count = py.PyObject_Size(list);
	struct message message;
	uint32_t site;

	for (ssize_t i = 0; i < count; i++) {
		object *given = py.PyList_GetItem(list, i); /* borrowed */

		if (!message_read(given, &message))
			continue;
		uint32_t row = count_row(producer, message.topic, -1);
		struct python_batch one = {.producer = producer_index(producer),
					   .entry = row,
					   .row = row,
					   .messages = 1,
					   .bytes = message.bytes};

		if (!held_take_youngest(producer, row, message.partition, &site))
			continue;
		one.site = site;
		python_account_settled(&one, COUNT_PURGED, 0);
		/* Its future is cancelled: there will be no report for it. */
		told_reports(producer, 1);
	}
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
}

object *method_call_CONFLUENT_PURGE(object *self, object *const *args, ssize_t count,
				    object *names)
{
	object *result = method_original(METHOD_CONFLUENT_PURGE, self, args, count, names);
	struct account_producer *producer =
		result && method_is_recording() ? account_of(self) : NULL;
	object *list = producer ? python_get(self, "_message_buffer") : NULL;

	if (list)
		purge(producer, list);
	python_drop(list);
	return result;
}

/* ---- who is told ---- */

/* Of a message that was passed to librdkafka: the callback of the binding, the future that this
 * completes, and the message's producer. */
enum { TOLD_CALLBACK, TOLD_FUTURE, TOLD_PRODUCER, TOLD_GENERATION, TOLD_PARTS };

/* The references to the future that the binding has: in its callback's closure, and in ours.
 * While a batch is being passed on there is a third, which looks like one of the application.
 */
#define OWN_REFERENCES 2

/*
 * The application waits if it awaits this future; if no report is left, it has waited for all
 * messages. A future that it keeps and does not await it may ask later, or never; and it is not
 * known whether anything waits for a callback of its own.
 */
static void told(struct account_producer *producer, object *future, bool awaited, bool failed)
{
	bool kept = awaited || python_references(future) > OWN_REFERENCES ||
		    python_is_true(future, "_callbacks");
	uint64_t produced = counts_produced(producer);

	if (failed && kept)
		told_failures(producer, 1);
	if (awaited && told_all(producer, produced))
		wait_satisfied(producer, produced, WAITED_GET);
	else if (kept && !awaited)
		producer_flags_set(producer, PRODUCER_WAITS_UNSEEN);
}

/*
 * (error, message): the message is None where librdkafka refused it. After a fatal error the
 * client calls it with an exception pending, which stays pending.
 */
static object *call_told(object *self, object *const *args, ssize_t count, object *names)
{
	struct python_error aside = python_error_aside();
	object *parts[TOLD_PARTS];

	for (ssize_t i = 0; i < TOLD_PARTS; i++)
		parts[i] = py.PyTuple_GetItem(self, i); /* borrowed */
	uint32_t producer = (uint32_t)python_number(parts[TOLD_PRODUCER], 0);
	bool ours = method_is_recording() && count == 2 && python_is_given(args[1]) &&
		    (uint32_t)python_number(parts[TOLD_GENERATION], 0) == guest_generation;

	if (ours)
		told(producer_at(producer), parts[TOLD_FUTURE],
		     python_frames_await(parts[TOLD_FUTURE]), python_is_given(args[0]));
	python_error_aside_end(aside);
	return python_call(parts[TOLD_CALLBACK], args, (size_t)count, names);
}

static struct method_definition told_definition = {"simple_callback", call_told, METHOD_FLAGS,
						   NULL};

/* A new reference, or NULL. */
static object *told_make(object *callback, object *future, uint32_t producer)
{
	object *parts = py.PyTuple_New(TOLD_PARTS), *made = NULL;
	object *items[TOLD_PARTS] = {callback, future, py.PyLong_FromLong((long)producer),
				     py.PyLong_FromLong((long)guest_generation)};

	py.Py_IncRef(callback);
	py.Py_IncRef(future);
	for (ssize_t i = 0; i < TOLD_PARTS; i++) {
		if (parts && items[i])
			py.PyTuple_SetItem(parts, i, items[i]); /* takes it over */
		else
			python_drop(items[i]);
	}
	if (parts && items[TOLD_PRODUCER] && items[TOLD_GENERATION])
		made = py.PyCFunction_NewEx(&told_definition, parts, NULL);
	python_drop(parts);
	return made;
}

static void callback_wrap(object *message, object *future, uint32_t producer)
{
	object *callback = message ? py.PyDict_GetItemString(message, "callback") : NULL;
	object *made = callback && future ? told_make(callback, future, producer) : NULL;

	if (made)
		py.PyDict_SetItemString(message, "callback", made);
	python_drop(made);
}

object *method_call_CONFLUENT_TELL(object *self, object *const *args, ssize_t count,
				   object *names)
{
	object *result = method_original(METHOD_CONFLUENT_TELL, self, args, count, names);
	struct account_producer *producer =
		result && method_is_recording() ? account_of(self) : NULL;
	object *messages = method_argument(args, count, names, 0, "batch_messages");
	object *futures = method_argument(args, count, names, 1, "futures");
	ssize_t size = producer && messages && futures ? py.PyObject_Size(messages) : 0;

	for (ssize_t i = 0; i < size; i++) {
		object *message = py.PySequence_GetItem(messages, i);
		object *future = py.PySequence_GetItem(futures, i);

		callback_wrap(message, future, producer_index(producer));
		python_drop(future);
		python_drop(message);
	}
	if (result && py.PyErr_Occurred())
		py.PyErr_Clear();
	return result;
}
