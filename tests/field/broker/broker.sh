# SPDX-License-Identifier: Apache-2.0
#
# broker.sh - real brokers, and the embedded one, for as long as a field run
#
# Apache Kafka comes as the jars that its POM names, one node with KRaft, on
# ports that were free a moment ago: if somebody took them meanwhile it is tried
# again. Sourced by tests/field/run alone: it must be the parent, so that a
# broker dies with it (setpriv --pdeathsig).

kafka3_version=3.9.2
kafka4_version=4.1.2
java_options='-Xms128m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1'
broker_pids=''

free_ports() {
	/usr/bin/python3 -c '
import socket
taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*[one.getsockname()[1] for one in taken])'
}

# kafka_try NAME JARS: one attempt; the address when it serves.
kafka_try() {
	local at=$scratch/$1 jars=$2 ports pid address
	ports=$(free_ports)
	address=127.0.0.1:${ports% *}
	rm -rf "$at"
	mkdir -p "$at"
	cat > "$at/server.properties" <<-PROPERTIES
		process.roles=broker,controller
		node.id=1
		controller.quorum.voters=1@127.0.0.1:${ports#* }
		listeners=PLAINTEXT://$address,CONTROLLER://127.0.0.1:${ports#* }
		advertised.listeners=PLAINTEXT://$address
		controller.listener.names=CONTROLLER
		log.dirs=$at/log
		num.partitions=1
		offsets.topic.replication.factor=1
		transaction.state.log.replication.factor=1
		transaction.state.log.min.isr=1
		message.max.bytes=40000000
		socket.request.max.bytes=100000000
	PROPERTIES
	# shellcheck disable=SC2086
	timeout 60 java $java_options -cp "$jars/*" kafka.tools.StorageTool format \
		-t AAAAAAAAAAAAAAAAAAAAAQ -c "$at/server.properties" > "$at/said" 2>&1 || return 1
	# shellcheck disable=SC2086
	setpriv --pdeathsig KILL java $java_options -cp "$jars/*" kafka.Kafka \
		"$at/server.properties" >> "$at/said" 2>&1 < /dev/null &
	pid=$!
	broker_pids+=" $pid"
	for _ in $(seq 300); do
		kill -0 "$pid" 2> /dev/null || return 1
		if kcat_quiet -L -b "$address" | grep -q '^ 1 brokers'; then
			FIELD_BROKERS+=" $1=$address"
			return 0
		fi
		sleep 0.2
	done
	kill "$pid"
	return 1
}

kafka_start() { # name version
	local jars=$FIELD_CACHE/kafka-$2
	if ! command -v java > /dev/null; then
		skipped "Apache Kafka $2" "there is no java (Debian: default-jre-headless)"
		return 0
	fi
	if [ ! -d "$jars" ]; then
		command -v mvn > /dev/null ||
			{ skipped "Apache Kafka $2" "there is no mvn (Debian: maven)"; return 0; }
		say "fetching Apache Kafka $2"
		once "$jars" copy_jars "$here/broker/pom.xml" "$2" ||
			{ skipped "Apache Kafka $2" "$(once_failed)"; return 0; }
	fi
	for _ in 1 2 3; do
		if kafka_try "$1" "$jars"; then
			say "$1 is Apache Kafka $2"
			printf '%s is Apache Kafka %s\n' "$1" "$2" >> "$scratch/notes"
			return 0
		fi
	done
	printf 'Apache Kafka %s\t-\t-\t-\t-\t-\tdisagree: it does not start: %s\n' "$2" \
		"$(tail -n 1 "$scratch/$1/said")"
}

embedded_start() {
	setpriv --pdeathsig KILL "$FIELD_BUILD/bin/unflushed" broker --partitions 1 \
		> "$scratch/embedded" 2> /dev/null < /dev/null &
	broker_pids+=" $!"
	for _ in $(seq 100); do
		[ ! -s "$scratch/embedded" ] || break
		sleep 0.05
	done
	FIELD_BROKERS+=" embedded=$(head -n 1 "$scratch/embedded")"
}

# Once: a second script finds them running.
brokers_start() {
	[ -z "$broker_pids" ] || return 0
	embedded_start
	kafka_start kafka4 "$kafka4_version" >> "$rows"
	kafka_start kafka3 "$kafka3_version" >> "$rows"
}

brokers_stop() {
	local pid
	for pid in $broker_pids; do
		kill "$pid" 2> /dev/null || true
		wait "$pid" 2> /dev/null || true
	done
	broker_pids=''
}
