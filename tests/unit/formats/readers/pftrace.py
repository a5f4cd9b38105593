#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pftrace.py FILE [TWICE] - reads a trace of Perfetto's with Google's protobuf and holds it to
what trace_processor needs: tracks are told of before they are used, times are of the clock that
the trace names, slices lie within each other and end.

Messages are declared here, and with TWICE (and the package perfetto) those of Perfetto read it as
well: both must see the same, and each field must be what it is there.

Prints: "track", its names from the process down; "slice", track, name, begin, nanoseconds;
"instant", track, name, at, annotations; "counter", track, at, value, unit. Times count from the
clock's snapshot.
"""
import collections
import sys

try:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
except ImportError as error:
    print(f"{error.name} for Python is not here (python3-protobuf)")
    sys.exit(77)

FIELDS = {
    "Trace": [(1, "packet", "TracePacket", True)],
    "TracePacket": [(6, "clock_snapshot", "ClockSnapshot"), (8, "timestamp", "uint64"),
                    (10, "trusted_packet_sequence_id", "uint32"),
                    (11, "track_event", "TrackEvent"), (58, "timestamp_clock_id", "uint32"),
                    (60, "track_descriptor", "TrackDescriptor")],
    "ClockSnapshot": [(1, "clocks", "Clock", True), (2, "primary_trace_clock", "int32")],
    "Clock": [(1, "clock_id", "uint32"), (2, "timestamp", "uint64")],
    "TrackDescriptor": [(1, "uuid", "uint64"), (2, "name", "string"),
                        (3, "process", "ProcessDescriptor"), (5, "parent_uuid", "uint64"),
                        (8, "counter", "CounterDescriptor")],
    "ProcessDescriptor": [(1, "pid", "int32"), (2, "cmdline", "string", True),
                          (6, "process_name", "string")],
    "CounterDescriptor": [(3, "unit", "int32"), (6, "unit_name", "string")],
    "TrackEvent": [(4, "debug_annotations", "DebugAnnotation", True), (9, "type", "int32"),
                   (11, "track_uuid", "uint64"), (22, "categories", "string", True),
                   (23, "name", "string"), (30, "counter_value", "int64"),
                   (44, "double_counter_value", "double")],
    "DebugAnnotation": [(4, "int_value", "int64"), (6, "string_value", "string"),
                        (10, "name", "string")],
}
BEGIN, END, INSTANT, COUNTER = 1, 2, 3, 4
REALTIME = 1


def declared():
    """Our messages, as a class of Trace."""
    file = descriptor_pb2.FileDescriptorProto(name="read.proto", package="read",
                                              syntax="proto2")
    kinds = descriptor_pb2.FieldDescriptorProto
    for name, fields in FIELDS.items():
        message = file.message_type.add(name=name)
        for number, field, kind, *many in fields:
            one = message.field.add(name=field, number=number, label=3 if many else 1)
            if kind in FIELDS:
                one.type, one.type_name = kinds.TYPE_MESSAGE, f".read.{kind}"
            else:
                one.type = getattr(kinds, "TYPE_" + kind.upper())
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    trace = pool.FindMessageTypeByName("read.Trace")
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(trace)
    return message_factory.MessageFactory(pool).GetPrototype(trace)


def held_against(theirs):
    """Each field must be theirs: number, name and what is written. An enum is an int32."""
    messages = {name: getattr(theirs, name) for name in FIELDS if name != "Clock"}
    messages["Clock"] = theirs.ClockSnapshot.Clock
    for name, fields in FIELDS.items():
        for number, field, kind, *many in fields:
            field_of = messages[name].DESCRIPTOR.fields_by_number[number]
            type_of = (field_of.message_type.name if field_of.message_type
                       else "int32" if field_of.enum_type
                       else {3: "int64", 4: "uint64", 5: "int32", 13: "uint32", 1: "double",
                             9: "string"}[field_of.type])
            if (field_of.name, type_of) != (field, kind):
                sys.exit(f"{name}.{number} is {type_of} {field_of.name}, not {kind} {field}")
    for name, number in ("TYPE_SLICE_BEGIN", BEGIN), ("TYPE_SLICE_END", END), \
            ("TYPE_INSTANT", INSTANT), ("TYPE_COUNTER", COUNTER):
        if theirs.TrackEvent.Type.Value(name) != number:
            sys.exit(f"{name} is not {number}")
    if theirs.BuiltinClock.Value("BUILTIN_CLOCK_REALTIME") != REALTIME:
        sys.exit("the clock's number is not Perfetto's")
    if theirs.CounterDescriptor.Unit.Value("UNIT_SIZE_BYTES") != 3:
        sys.exit("the number of bytes' unit is not Perfetto's")


def check_unknown(trace, data):
    """A field that is not declared above would be lost."""
    known = type(trace)()
    known.CopyFrom(trace)
    known.DiscardUnknownFields()
    if known.SerializeToString() != trace.SerializeToString() or \
            len(trace.SerializeToString()) != len(data):
        sys.exit("a field is not declared")


class Tracks:
    def __init__(self):
        self.names, self.parents, self.units = {}, {}, {}
        self.pids = set()

    def tell(self, track):
        if not track.uuid or track.uuid in self.names:
            sys.exit(f"track {track.uuid} is told of twice, or is 0")
        if track.HasField("parent_uuid") and track.parent_uuid not in self.names:
            sys.exit(f"{track.name}: no such parent")
        if track.HasField("process"):
            if track.process.pid in self.pids:
                sys.exit(f"pid {track.process.pid} comes twice")
            self.pids.add(track.process.pid)
        self.names[track.uuid] = track.name
        self.parents[track.uuid] = track.parent_uuid
        if track.HasField("counter"):
            self.units[track.uuid] = track.counter.unit_name or track.counter.unit

    def path(self, uuid):
        if not uuid:
            return ""
        return (self.path(self.parents[uuid]) + "/" + self.names[uuid]).lstrip("/")


def value(note):
    return note.string_value if note.HasField("string_value") else note.int_value


def shown(text):
    return ascii(text)[1:-1]


def facts(trace):
    tracks, events, start = Tracks(), [], None
    for packet in trace.packet:
        if packet.trusted_packet_sequence_id == 0:
            sys.exit("a packet is of no sequence")
        if packet.HasField("clock_snapshot"):
            snapshot = packet.clock_snapshot
            if start is not None or snapshot.primary_trace_clock != REALTIME:
                sys.exit("the trace has not one clock")
            (start,) = [clock.timestamp for clock in snapshot.clocks
                        if clock.clock_id == REALTIME]
        if packet.HasField("track_descriptor"):
            tracks.tell(packet.track_descriptor)
            yield "track " + shown(tracks.path(packet.track_descriptor.uuid))
        if packet.HasField("track_event"):
            if packet.timestamp_clock_id != REALTIME or start is None:
                sys.exit("an event has another clock")
            if packet.track_event.track_uuid not in tracks.names:
                sys.exit("an event is on no track")
            events.append((packet.timestamp - start, packet.track_event))
    events.sort(key=lambda event: event[0])  # of the same time as they were written
    open_slices = collections.defaultdict(list)
    for at, event in events:
        track = event.track_uuid
        path = shown(tracks.path(track))
        if event.type == COUNTER:
            if track not in tracks.units:
                sys.exit(f"{path} is no counter")
            count = (event.double_counter_value if event.HasField("double_counter_value")
                     else event.counter_value)
            yield f"counter {path} {at} {count} {tracks.units[track]}"
        elif event.type == BEGIN:
            open_slices[track].append((event.name, at))
        elif event.type == END:
            if not open_slices[track]:
                sys.exit(f"{path}: a slice ends that has not begun")
            name, began = open_slices[track].pop()
            yield f"slice {path} {shown(name)} {began} {at - began}"
        elif event.type == INSTANT:
            told = " ".join(f"{note.name}={value(note)}" for note in event.debug_annotations)
            yield f"instant {path} {shown(event.name)} {at} {shown(told)}".rstrip()
        else:
            sys.exit(f"{event.type} is no type")
    if any(open_slices.values()):
        sys.exit("a slice does not end")


data = open(sys.argv[1], "rb").read()
ours = declared()()
ours.ParseFromString(data)
check_unknown(ours, data)
lines = list(facts(ours))
if len(sys.argv) > 2:
    from perfetto.protos.perfetto.trace import perfetto_trace_pb2
    held_against(perfetto_trace_pb2)
    again = perfetto_trace_pb2.Trace()
    again.ParseFromString(data)
    if list(facts(again)) != lines:
        sys.exit("Perfetto's own messages read something else")
print("\n".join(lines))
