# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# bullseye.sh - Debian 11 (glibc 2.31, librdkafka 1.6) records with a shim that was built on
# a newer one; what it recorded is read here.
#
# Its dlsym and dlopen are in a library of their own, its loader knows no tunable for
# thread-local storage, and its kafkacat has the old name. The embedded broker runs here.

# record NAME COMMAND...: in there, with the shim and the auditor; the traces in $traces.
record() {
	traces=$root/unflushed/traces/$1
	shift
	rm -rf "$traces"
	mkdir -p "$traces"
	within "$root" env LD_PRELOAD=/unflushed/libunflushed.so \
		LD_AUDIT=/unflushed/libunflushed-audit.so \
		UNFLUSHED_DIR="${traces#"$root"}" timeout 60 "$@"
}

# judged STATUS PRODUCED: what `check` says of the traces, and the number in them.
judged() {
	local status=0 produced
	"$build/bin/unflushed" check "$traces" || status=$?
	produced=$("$build/bin/unflushed" report --format json "$traces" | python3 -c '
import json, sys
run = json.load(sys.stdin)
print(sum(producer["messages"]["produced"]
          for process in run["processes"] for producer in process["producers"]))')
	echo "check: $status, expected $1; produced: $produced, expected $2"
	[ "$status" -eq "$1" ] && [ "$produced" -eq "$2" ]
}

notes_say() {
	"$build/bin/unflushed" report --format json "$traces" | grep -- "$1" > /dev/null
}

lost() { record lost "$@" && judged 80 100; }
clean() { record clean "$@" && judged 0 100; }

# Its loader has 1,664 bytes for what all libraries have in the static block.
lost_without_auditor() { lost "$@" && notes_say LD_AUDIT; }
lost_with_auditor() { lost "$@" && ! notes_say LD_AUDIT; }

a_hundred_lines() {
	local root=$1 address=$2
	seq 100 > "$root/unflushed/lines"
	record kafkacat kafkacat -P -b "$address" -t stories -l /unflushed/lines && judged 0 100
}

# It is killed before the broker has answered anything: all that it had is gone.
killed() {
	record killed timeout -s KILL 2 kafkacat -P -b "$1" -t stories \
		-l /unflushed/lines || true
	judged 80 100
}

# As it is without us: it ends with 0 and says the same.
unchanged() {
	local with without
	without=$(within "$root" "$@") || return 1
	with=$(record unchanged "$@") || return 1
	[ "$with" = "$without" ]
}

compile() { within "$root" gcc -O1 -g -I/unflushed/hosts -o "$@" -lrdkafka; }

bullseye_prepare() {
	local root=$1
	packages "$root" gcc libc6-dev librdkafka-dev kafkacat || return 1
	rm -rf "$root/unflushed"
	mkdir -p "$root/unflushed"
	cp -r "$source/tests/hosts" "$root/unflushed/"
	cp "$build"/lib/libunflushed*.so "$root/unflushed/"
	compile /unflushed/forgets_flush /unflushed/hosts/librdkafka/wait/forgets_flush.c &&
		compile /unflushed/flushes /unflushed/hosts/librdkafka/wait/flushes.c &&
		compile /unflushed/thread_locals.so -shared -fPIC -DBYTES=16000 \
			/unflushed/hosts/modules/thread_locals.c &&
		compile /unflushed/much_thread_local \
			/unflushed/hosts/librdkafka/wait/forgets_flush.c \
			-Wl,--no-as-needed /unflushed/thread_locals.so
}

# broker_begin OPTION...: its address is in $cache/broker.
broker_begin() {
	rm -f "$cache/broker"
	"$build/bin/unflushed" broker "$@" > "$cache/broker" &
	broker=$!
	until [ -s "$cache/broker" ]; do
		kill -0 "$broker" || return 1
		sleep 0.1
	done
}

broker_end() {
	kill "$broker"
	wait "$broker" || true
	broker=''
}

bullseye() {
	local root=$1 address
	if ! bullseye_prepare "$root" >> "$cache/$suite.log" 2>&1; then
		say "nothing can be installed in $root: $cache/$suite.log"
		failed=$((failed + 1))
		return
	fi
	broker_begin
	address=$(head -n 1 "$cache/broker")
	row "a program without Kafka is what it was" unchanged /bin/ls /
	row "a producer that forgets to flush is lost" \
		lost_with_auditor /unflushed/forgets_flush "$address" 100
	row "one with much thread-local storage starts, without LD_AUDIT" \
		lost_without_auditor /unflushed/much_thread_local "$address" 100
	row "a producer that flushes is clean" clean /unflushed/flushes "$address" 100
	row "kafkacat is clean" a_hundred_lines "$root" "$address"
	broker_end
	broker_begin --rtt 20000
	row "kafkacat that was killed is lost" killed "$(head -n 1 "$cache/broker")"
	broker_end
}
