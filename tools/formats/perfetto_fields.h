/* SPDX-License-Identifier: Apache-2.0 */
/*
 * perfetto_fields.h - the numbers of the fields of Perfetto's messages that
 * perfetto.c writes.
 *
 * Numbers of fields never change. Each list names the file, below
 * protos/perfetto/ of Perfetto's sources, that declares them;
 * tests/unit/formats/readers/pftrace.py declares them again, and
 * tests/field/perfetto compares both with Perfetto's own files.
 */
#ifndef UNFLUSHED_FORMATS_PERFETTO_FIELDS_H
#define UNFLUSHED_FORMATS_PERFETTO_FIELDS_H

/* trace/trace.proto: Trace */
enum { TRACE_PACKET = 1 };

/* trace/trace_packet.proto: TracePacket */
enum {
	PACKET_CLOCK_SNAPSHOT = 6,
	PACKET_TIMESTAMP = 8,
	PACKET_SEQUENCE = 10, /* trusted_packet_sequence_id: not 0 */
	PACKET_TRACK_EVENT = 11,
	PACKET_TIMESTAMP_CLOCK = 58,
	PACKET_TRACK_DESCRIPTOR = 60,
};

/* trace/clock_snapshot.proto: ClockSnapshot and its Clock */
enum { SNAPSHOT_CLOCKS = 1, SNAPSHOT_PRIMARY = 2 };
enum { CLOCK_ID = 1, CLOCK_TIMESTAMP = 2 };

/* common/builtin_clock.proto: BuiltinClock */
enum { BUILTIN_REALTIME = 1 };

/* trace/track_event/track_descriptor.proto: TrackDescriptor */
enum { TRACK_UUID = 1, TRACK_NAME = 2, TRACK_PROCESS = 3, TRACK_PARENT = 5, TRACK_COUNTER = 8 };

/* trace/track_event/process_descriptor.proto: ProcessDescriptor */
enum { PROCESS_PID = 1, PROCESS_CMDLINE = 2, PROCESS_NAME = 6 };

/* trace/track_event/counter_descriptor.proto: CounterDescriptor, and its Unit */
enum { COUNTER_UNIT = 3, COUNTER_UNIT_NAME = 6 };
enum { UNIT_COUNT = 2, UNIT_BYTES = 3 };

/* trace/track_event/track_event.proto: TrackEvent, and its Type */
enum {
	EVENT_ANNOTATION = 4, /* debug_annotations */
	EVENT_TYPE = 9,
	EVENT_TRACK = 11,
	EVENT_CATEGORY = 22,
	EVENT_NAME = 23,
	EVENT_COUNTER = 30,
	EVENT_COUNTER_DOUBLE = 44,
};
enum { TYPE_SLICE_BEGIN = 1, TYPE_SLICE_END = 2, TYPE_INSTANT = 3, TYPE_COUNTER = 4 };

/* trace/track_event/debug_annotation.proto: DebugAnnotation */
enum { ANNOTATION_INT = 4, ANNOTATION_TEXT = 6, ANNOTATION_NAME = 10 };

#endif
