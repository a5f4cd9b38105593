/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api.h - the part of CPython's C API that the guest uses, found with dlsym in the host:
 * 3.8 and newer.
 *
 * No header of Python's is included: a build would be tied to one version.
 * What is declared here is stable or has not changed since 3.8.
 */
#ifndef UNFLUSHED_CPYTHON_API_H
#define UNFLUSHED_CPYTHON_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct object_struct object; /* PyObject, and all that begins like it */

/* METH_FASTCALL | METH_KEYWORDS: named values follow the others in `args`. */
typedef object *method_fn(object *self, object *const *args, ssize_t count, object *names);
#define METHOD_FLAGS (0x0080 | 0x0002)

struct method_definition { /* PyMethodDef */
	const char *name;
	method_fn *function;
	int flags;
	const char *doc;
};

/* clang-format off */
#define PYTHON_API(_) \
	_(int, Py_IsInitialized, (void)) \
	_(int, PyGILState_Ensure, (void)) \
	_(void, PyGILState_Release, (int)) \
	_(void *, PyGILState_GetThisThreadState, (void)) \
	_(void *, PyInterpreterState_Main, (void)) \
	_(void *, PyInterpreterState_ThreadHead, (void *)) \
	_(void *, PyThreadState_Next, (void *)) \
	_(object *, PyImport_GetModuleDict, (void)) \
	_(object *, PyDict_GetItemString, (object *, const char *)) \
	_(object *, PyDict_GetItemWithError, (object *, object *)) \
	_(object *, PyObject_GetAttr, (object *, object *)) \
	_(int, PyObject_SetAttr, (object *, object *, object *)) \
	_(object *, PyObject_GetAttrString, (object *, const char *)) \
	_(int, PyObject_SetAttrString, (object *, const char *, object *)) \
	_(object *, PyObject_Call, (object *, object *, object *)) \
	_(object *, PyObject_Str, (object *)) \
	_(int, PyObject_IsTrue, (object *)) \
	_(ssize_t, PyObject_Size, (object *)) \
	_(object *, PyDescr_NewMethod, (object *, struct method_definition *)) \
	_(object *, PyUnicode_InternFromString, (const char *)) \
	_(const char *, PyUnicode_AsUTF8AndSize, (object *, ssize_t *)) \
	_(object *, PyByteArray_FromStringAndSize, (const char *, ssize_t)) \
	_(char *, PyByteArray_AsString, (object *)) \
	_(int, PyBytes_AsStringAndSize, (object *, char **, ssize_t *)) \
	_(long, PyLong_AsLong, (object *)) \
	_(double, PyFloat_AsDouble, (object *)) \
	_(object *, PyTuple_GetItem, (object *, ssize_t)) \
	_(ssize_t, PyTuple_Size, (object *)) \
	_(object *, PySequence_GetItem, (object *, ssize_t)) \
	_(object *, PyObject_GetItem, (object *, object *)) \
	_(object *, PyErr_Occurred, (void)) \
	_(void, PyErr_Clear, (void)) \
	_(void, PyErr_Fetch, (object **, object **, object **)) \
	_(void, PyErr_Restore, (object *, object *, object *)) \
	_(object *, PyEval_GetFrame, (void)) \
	_(int, PyFrame_GetLineNumber, (object *)) \
	_(ssize_t, PyObject_Hash, (object *)) \
	_(object *, PyCFunction_NewEx, (struct method_definition *, object *, object *)) \
	_(object *, PyLong_FromLong, (long)) \
	_(object *, PyList_GetItem, (object *, ssize_t)) \
	_(object *, Py_CompileString, (const char *, const char *, int)) \
	_(object *, PyEval_EvalCode, (object *, object *, object *)) \
	_(object *, PyEval_GetBuiltins, (void)) \
	_(int, PyDict_SetItemString, (object *, const char *, object *)) \
	_(const char *, Py_GetVersion, (void)) \
	_(object *, PyTuple_New, (ssize_t)) \
	_(int, PyTuple_SetItem, (object *, ssize_t, object *)) \
	_(object *, PyDict_New, (void)) \
	_(object *, PyDict_Values, (object *)) \
	_(int, PyDict_SetItem, (object *, object *, object *)) \
	_(void, Py_IncRef, (object *)) \
	_(void, Py_DecRef, (object *))
/* clang-format on */

struct python_api {
#define MEMBER(result, name, parameters) result(*name) parameters;
	PYTHON_API(MEMBER)
#undef MEMBER
	int (*is_finalizing)(void); /* NULL: this version has no such function */
	/* 3.11 and newer; 3.9 and newer. */
	object *(*PyObject_Vectorcall)(object *, object *const *, size_t, object *);
	object *(*PyObject_VectorcallDict)(object *, object *const *, size_t, object *);
	void *(*PyThreadState_GetInterpreter)(void *);
	void *(*PyThreadState_GetUnchecked)(void); /* before 3.13 by another name */
	object *(*PyThreadState_GetFrame)(void *); /* 3.9 and newer */
	/* 3.9 and newer; both or none. */
	object *(*PyFrame_GetCode)(object *);
	object *(*PyFrame_GetBack)(object *);
	/* 3.11 and newer: cheaper than the line, and tells two calls in one line apart. */
	int (*PyFrame_GetLasti)(object *);
	object *none;
};

extern struct python_api py;

/* Looks the functions up and fills `py`. False: no CPython is in the process yet, or one that
 * lacks functions that the guest needs. */
bool python_api_find(void);

/* Whether the guest may wrap Python clients in this interpreter: 3.8 and newer, with the GIL.
 */
bool python_version_known(void);

/* All of these need the interpreter's lock. None but python_call() leaves an exception
 * pending. */

/* The interpreter that a thread's state belongs to. */
void *python_interpreter(void *thread);

/* A new reference to its innermost frame; NULL: it runs no Python code. */
object *python_thread_frame(void *thread);

/* Calls `callable` with `count` values and, behind those in `args`, one for each name in the
 * tuple `names` (NULL: none). Returns a new reference, or NULL with the callee's exception. */
object *python_call(object *callable, object *const *args, size_t count, object *names);

/* A new reference, or NULL. */
object *python_get(object *from, const char *attribute);

/* The same for the path of a message: the name is made once, and kept in `name`. What
 * a dict has is borrowed. */
object *python_member(object *from, object **name, const char *attribute);
object *python_item(object *dict, object **name, const char *key);
bool python_is_true(object *from, const char *attribute);
long python_number(object *value, long otherwise);
/* Whether a text is exactly this. */
bool python_text_is(object *text, const char *expected);
/* Valid as long as the text is; "" for None, NULL and what is no text. */
const char *python_text(object *text);
/* Its len(); 0 for None, NULL and what has none. */
uint64_t python_size(object *value);
static inline bool python_is_given(const object *value)
{
	return value && value != py.none;
}
void python_drop(object *value); /* NULL is fine */
/* The reference count of an object: the first member of PyObject. */
static inline ssize_t python_references(const void *value)
{
	return *(const ssize_t *)value & 0xffffffff; /* 3.12 keeps more above */
}

#endif
