# SPDX-License-Identifier: Apache-2.0
#
# field.sh - what the field scripts share: fetching, the rows, the truth
#
# Sourced. A script is started by tests/field/run with FIELD_BUILD (where the
# program is), FIELD_CACHE (what was fetched, kept between runs), FIELD_SCRATCH
# (its own, gone afterwards), and, when its head says "needs: kafka",
# FIELD_BROKERS ("name=host:port ...") and FIELD_SECURITIES (a folder for each of
# $listeners). It prints rows, one a line, seven fields
# with tabs between them:
#
#	client  broker  ending  verdict  counts  truth  agree|disagree: why|skipped: why
#
# and after "disagree: why" perhaps an eighth: what it is to be explained by.

field=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

# How a real broker listens beside plain text: kafka4 as kafka4-ssl, ... TLS alone;
# TLS and a password, PLAIN or SCRAM-SHA-512; TLS that shows a certificate both ways.
listeners='ssl plain scram mutual'

say() { printf 'field: %s\n' "$*" >&2; }

# skipped CLIENT WHY...: nothing is left out without a row that says so.
skipped() {
	local client=$1
	shift
	printf '%s\t-\t-\t-\t-\t-\tskipped: %s\n' "$client" \
		"$(tr '\t\n' '  ' <<< "$*" | cut -c 1-100)"
}

# has COMMAND CLIENT PACKAGE: or a row that says what is missing.
has() {
	command -v "$1" > /dev/null && return 0
	skipped "$2" "there is no $1 (Debian: $3)"
	return 1
}

# digest FILE...: a name for what is built from these.
digest() { cat "$@" | sha256sum | cut -c 1-12; }

# limit COMMAND...: what comes from a registry may hang.
limit() { timeout --foreground -k 5 400 "$@"; }

# once DIRECTORY COMMAND...: runs COMMAND in a new directory and keeps it, whole
# or not at all. What went wrong is the last line of $FIELD_SCRATCH/once.log.
once() {
	local at=$1 part=$1.part.$BASHPID # two scripts may want the same
	shift
	[ -d "$at" ] && return 0
	mkdir -p "$part"
	if (cd "$part" && "$@") > "$FIELD_SCRATCH/once.log" 2>&1 < /dev/null; then
		mv -T "$part" "$at" 2> /dev/null || rm -rf "$part"
		return 0
	fi
	rm -rf "$part"
	return 1
}

# copy_jars POM VERSION: what that names, and all it needs. Maven checks what it
# fetches, and -C makes a wrong checksum an error.
copy_jars() {
	limit mvn -B -q -C -f "$1" "-Dkafka.version=$2" \
		org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
		"-DoutputDirectory=$PWD" -DincludeScope=runtime
}

# The reason for a row: the last line that says anything in plain letters.
once_failed() {
	grep -a '[[:alnum:]]' "$FIELD_SCRATCH/once.log" | grep -ai -m 1 'error' ||
		tail -n 1 "$FIELD_SCRATCH/once.log"
}

# The broker that goes by this name, or nothing.
broker_of() {
	local pair
	for pair in $FIELD_BROKERS; do
		if [ "${pair%%=*}" = "$1" ]; then echo "${pair#*=}"; fi
	done
}

# Listeners that a client cannot use.
closed=''
# librdkafka before 2.6.1 says its nonce twice in SCRAM, which Kafka refuses since 4.0.
closed_to_old_librdkafka=kafka4-scram
# kafka-clients 2 and 3.1 take no key of PEM without a password
# (InvalidConfigurationException).
closed_to_kafka_clients() { # version
	case $1 in 2.* | 3.1.*) echo kafka4-mutual kafka3-mutual ;; esac
}

# secured BROKERS CHOSEN...: over which listeners a pair is run, too: each of each
# broker, but those in $closed; with UNFLUSHED_FIELD=chosen only those CHOSEN.
secured() {
	local broker listener
	if [ "${UNFLUSHED_FIELD:-all}" = chosen ]; then
		shift
		echo "$@"
		return
	fi
	for broker in $1; do
		for listener in $listeners; do
			[[ " $closed " == *" $broker-$listener "* ]] || echo "$broker-$listener"
		done
	done
}

# security_of NAME: for the host: the folder of this listener, or nothing; and
# kcat's own way to it. Or $other_security, which is another folder.
security_of() {
	local at=${other_security:-$FIELD_SECURITIES/${1##*-}}
	unset FIELD_SECURITY KCAT_CONFIG
	[[ -n ${other_security:-} || $1 == *-* ]] || return 0
	export FIELD_SECURITY=$at KCAT_CONFIG=$at/librdkafka.properties
}

# In the foreground: timeout would end the rest of a pipeline with it.
kcat_quiet() { timeout --foreground 10 kcat -m 3 "$@" 2> /dev/null; }

# make_topic ADDRESS NAME: one partition, where the broker lets us choose.
make_topic() {
	local tries=0
	until kcat_quiet -L -b "$1" -t "$2" | grep -q 'partition 0, leader [0-9]'; do
		[ $((tries += 1)) -lt 6 ] || return 1
		sleep 0.2
	done
}

# end_offset ADDRESS NAME: how many records the topic holds, as the broker says.
# The last bytes may still be on their way: asked until it answers the same twice.
end_offset() {
	local now last='' partitions partition args
	partitions=$(kcat_quiet -L -b "$1" -t "$2" | grep -c 'partition [0-9]*, leader')
	args=()
	for ((partition = 0; partition < partitions; partition++)); do
		args+=(-t "$2:$partition:-1")
	done
	for _ in $(seq 20); do
		now=$(kcat_quiet -Q -b "$1" "${args[@]}" | awk '{ n += $4 } END { print n + 0 }')
		[ "$now" = "$last" ] && break
		last=$now
		sleep 0.25
	done
	echo "$now"
}

# committed ADDRESS NAME: how many records a read_committed consumer gets. An end
# offset counts the markers of transactions, too, and what was aborted.
committed() {
	local read
	if ! read=$(timeout --foreground 20 kcat -m 3 -C -b "$1" -t "$2" -e -o beginning -f . \
		-X isolation.level=read_committed 2> /dev/null); then
		echo -1 # nobody knows
		return
	fi
	echo ${#read}
}

layer_at() { # name layer
	if [[ $1 == *-* && $2 == wire ]]; then echo unseen; else echo "$2"; fi
}

# tell CLIENT ENDING WAITED LAYER COUNT BROKERS COMMAND...: one row per broker.
#
# ENDING names what the program does; WAITED is waits|hidden|forgets|either|written:
# whether it waits for its last message (hidden: by its own means; written: it dies,
# and nothing was answered); LAYER is
# api|wire|unseen|any: what must have judged it; {broker} and {topic} in COMMAND
# become what they are called. The truth is asked in plain text, and where the wire
# alone would have judged nobody does over TLS: it reads no frame there. With
# `truth=committed tell ...` transactions are understood: COUNT:READABLE then
# says how many of the COUNT messages are for others to read; with `must=WORDS tell ...`
# the report must say so: judge.py; with `other_security=FOLDER tell ...` the program is told
# what FOLDER holds (security.sh), whatever the listener wants.
told=0
tell() {
	local client=$1 ending=$2 waited=$3 layer=$4 count=$5 name address plain topic
	local brokers=$6 at status
	shift 6
	for name in $brokers; do
		address=$(broker_of "$name")
		plain=$(broker_of "${name%-*}")
		topic=field-$(basename "$FIELD_SCRATCH")-$((told += 1))
		at=$FIELD_SCRATCH/$topic
		told_at=$at
		printf '%s\t%s\t%s\t' "$client" "$name" "$ending"
		if [ -z "$address" ]; then
			printf -- '-\t-\t-\tskipped: no such broker\n'
			continue
		fi
		if ! make_topic "$plain" "$topic"; then
			printf -- '-\t-\t-\tdisagree: the broker made no topic\n'
			continue
		fi
		set +e
		(
			cd "$FIELD_SCRATCH" || exit 1
			security_of "$name"
			args=("${@//\{broker\}/$address}")
			timeout --foreground -k 5 60 "$FIELD_BUILD/bin/unflushed" run \
				--format json --output "$at.json" --dir "$at.traces" \
				-- "${args[@]//\{topic\}/$topic}"
		) > "$at.out" 2>&1 < /dev/null
		status=$?
		set -e
		/usr/bin/python3 "$field/judge.py" --must "${must:-}" "$at.json" "$waited" \
			"$(layer_at "$name" "$layer")" "$count" \
			"$("${truth:-end_offset}" "$plain" "$topic")" "$status" "$at.out" \
			"$at.traces"
	done
}
