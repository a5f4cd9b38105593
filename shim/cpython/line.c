/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line.c - see line.h.
 *
 * Uses CPython's public C API, looked up in the host, 3.8 and newer (3.8 has
 * no functions that read a frame, but attributes, which are plain members
 * there). Everything is read while the lock is held, no function is called
 * that can run Python code, and a pending exception is put aside; a failing
 * attribute clears only its own error.
 */
#include "cpython/line.h"

#include <string.h>
#include <sys/types.h>

#include "cpython/api.h"
#include "guest/guest.h"
#include "trace/map.h"
#include "trace/stacks.h"
#include "trace/writer.h"

/* Interned when first needed, under the interpreter's lock; never released. */
static object *name_filename, *name_code, *name_back;

uint32_t python_state;

/* Older than 3.8 was never tried. */
static bool frames_can_be_asked(void)
{
	return py.PyFrame_GetCode || strncmp(py.Py_GetVersion(), "3.8.", 4) == 0;
}

void python_open(void)
{
	uint32_t untried = PYTHON_UNTRIED;

	if (__atomic_compare_exchange_n(&python_state, &untried, PYTHON_TRYING, false,
					__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		bool found = python_api_find() && frames_can_be_asked();

		__atomic_store_n(&python_state, found ? PYTHON_FOUND : PYTHON_ABSENT,
				 __ATOMIC_RELEASE);
	}
	if (!python_is_open())
		return;
	__atomic_fetch_or(&trace->process->notes, NOTE_PYTHON, __ATOMIC_RELAXED);
	python_version_note(py.Py_GetVersion());
}

void python_version_note(const char *version)
{
	struct trace_process *process = trace->process;

	if (!process->python_version)
		process->python_version = writer_string(version, strcspn(version, " "));
}

/* A new reference; NULL also for None, which is f_back of the outermost frame. */
static object *member(object *of, object **name, const char *text)
{
	object *value = python_member(of, name, text);

	if (value != py.none)
		return value;
	py.Py_DecRef(value);
	return NULL;
}

object *python_frame_code(object *frame)
{
	return py.PyFrame_GetCode ? py.PyFrame_GetCode(frame)
				  : member(frame, &name_code, "f_code");
}

object *python_frame_back(object *frame)
{
	return py.PyFrame_GetCode ? py.PyFrame_GetBack(frame)
				  : member(frame, &name_back, "f_back");
}

/*
 * Code is compared by its address, the name of its file (whose hash the str object
 * caches), and the position in it: the next cell of a notebook may have the address of
 * the last one. Two levels of that, because the inner one is often a client's own
 * wrapper; of outer frames only address and position are compared: that costs half as
 * much, and their code is seldom freed. There are many levels, at some 7 ns each, since
 * wrappers, retries and the like are between a line and its callers; the trace gets as
 * many frames.
 */
#define LEVELS_WITH_FILE 2
#define LEVELS 16
_Static_assert(LEVELS <= TRACE_FRAMES_MOST, "the trace has no place for that");

static uint64_t mix(uint64_t place, uint64_t with)
{
	return (place ^ with) * 0x9e3779b97f4a7c15u;
}

/*
 * The offset of the file name in a code object, in words; 0: not found, so that the attribute
 * is read, which costs as much as the rest of a place. The offset differs between versions; it
 * is found as the only word of a code object that equals the attribute's value.
 */
static size_t filename_word;
static uint32_t filename_searches;
#define FILENAME_SEARCHES 4

static void filename_search(object *code, object *file)
{
	object *class = python_get(code, "__class__");
	object *size = python_get(class, "__basicsize__");
	long words = python_number(size, 0) / (long)sizeof(object *);
	size_t found = 0, at = 0;

	for (long i = 0; i < words; i++)
		if (((object **)code)[i] == file) {
			at = (size_t)i;
			found++;
		}
	python_drop(size);
	python_drop(class);
	if (found == 1)
		__atomic_store_n(&filename_word, at, __ATOMIC_RELEASE);
}

/* The str object caches its hash, so the text is not read. */
static uint64_t file_hash(object *code)
{
	size_t word = __atomic_load_n(&filename_word, __ATOMIC_ACQUIRE);

	if (LIKELY(word))
		return (uint64_t)py.PyObject_Hash(((object **)code)[word]);
	object *file = member(code, &name_filename, "co_filename");
	uint64_t hash = file ? (uint64_t)py.PyObject_Hash(file) : 0;

	if (file &&
	    __atomic_fetch_add(&filename_searches, 1, __ATOMIC_RELAXED) < FILENAME_SEARCHES)
		filename_search(code, file);
	python_drop(file);
	return hash;
}

static uint64_t place_mix(uint64_t place, object *frame, bool by_line, bool with_file)
{
	object *code = python_frame_code(frame);
	int at = py.PyFrame_GetLasti && !by_line ? py.PyFrame_GetLasti(frame)
						 : py.PyFrame_GetLineNumber(frame);

	place = mix(place, (uintptr_t)code);
	if (code && with_file)
		place = mix(place, file_hash(code));
	if (code)
		py.Py_DecRef(code);
	return mix(place, (uint32_t)at);
}

static __thread object *begin_at __attribute__((tls_model("initial-exec")));

void python_begin_at(object *frame)
{
	begin_at = frame;
}

/* Whether this thread has the interpreter's lock. PyGILState_Check() returns true on every
 * thread once there was a second interpreter. A thread that runs another interpreter than
 * the main one counts as without the lock. */
bool python_has_lock(void)
{
	void *own = python_is_open() ? py.PyGILState_GetThisThreadState() : NULL;

	return own && own == py.PyThreadState_GetUnchecked();
}

/* Borrowed. */
static object *running_frame(void)
{
	if (!python_has_lock())
		return NULL;
	return begin_at ? begin_at : py.PyEval_GetFrame();
}

static uint64_t place(bool by_line)
{
	object *frame = running_frame();

	if (!frame)
		return 0;
	uint64_t mixed = place_mix(1, frame, by_line, true);
	object *at = python_frame_back(frame); /* ours to release */

	for (int level = 1; at; level++) {
		object *back = level + 1 < LEVELS ? python_frame_back(at) : NULL;

		mixed = place_mix(mixed, at, by_line, level < LEVELS_WITH_FILE);
		py.Py_DecRef(at);
		at = back;
	}
	return mixed | 1;
}

uint64_t python_place(void)
{
	return place(false);
}

uint64_t python_line(void)
{
	return place(true);
}

static trace_string text_of(object *code, const char *attribute)
{
	object *value = py.PyObject_GetAttrString(code, attribute);
	const char *text = NULL;
	trace_string string = 0;
	ssize_t bytes = 0;

	if (value)
		text = py.PyUnicode_AsUTF8AndSize(value, &bytes);
	if (text)
		string = writer_string_once(text, (size_t)bytes);
	else
		py.PyErr_Clear();
	if (value)
		py.Py_DecRef(value);
	return string;
}

/* False: it is a frame of the probe's own code. */
static bool frame_write(struct trace_frame *to, object *frame)
{
	object *code = python_frame_code(frame);
	object *name = code ? member(code, &name_filename, "co_filename") : NULL;
	const char *file = name ? py.PyUnicode_AsUTF8AndSize(name, NULL) : NULL;
	int line = py.PyFrame_GetLineNumber(frame);
	bool ours = file && strcmp(file, PYTHON_OWN_FILE) == 0;

	if (!file)
		py.PyErr_Clear();
	if (name)
		py.Py_DecRef(name);
	if (!code || ours) {
		if (code)
			py.Py_DecRef(code);
		return false;
	}
	to->file = text_of(code, "co_filename");
	to->function = text_of(code, "co_qualname"); /* 3.11 */
	if (!to->function)
		to->function = text_of(code, "co_name");
	to->line = line > 0 ? (uint32_t)line : 0;
	py.Py_DecRef(code);
	return true;
}

void python_frames(struct stacks_frames *frames)
{
	object *frame = running_frame();
	object *type, *value, *traceback;
	bool owned = false;

	if (!frame)
		return;
	py.PyErr_Fetch(&type, &value, &traceback); /* a destructor may produce, too */
	while (frame && frames->depth < LEVELS) {
		object *back = python_frame_back(frame);

		frames->depth += frame_write(&frames->frames[frames->depth], frame);
		if (owned)
			py.Py_DecRef(frame);
		frame = back;
		owned = true;
	}
	if (frame)
		py.Py_DecRef(frame);
	py.PyErr_Restore(type, value, traceback);
}
