# SPDX-License-Identifier: Apache-2.0
#
# broker.sh - real brokers, and the embedded one, for as long as a field run
#
# Apache Kafka comes as the jars that its POM names, one node with KRaft, on
# ports that were free a moment ago: if somebody took them meanwhile it is tried
# again. Each has a plain text listener, which goes by the broker's own name, and
# one for each name in $listeners: kafka4-ssl. What they need: security.sh.
#
# Sourced after field.sh by tests/field/run, and by a script that stops or ends a
# broker and so needs its own: whoever sources it must be the parent, so that a
# broker dies with it (setpriv --pdeathsig).

. "$field/broker/security.sh"
kafka3_version=3.9.2
kafka4_version=4.1.2
java_options='-Xms128m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1'
broker_pids=''

free_ports() { # how many
	/usr/bin/python3 -c '
import socket, sys
taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*[one.getsockname()[1] for one in taken])' "$1"
}

# kafka_properties NAME: of its broker in $at, at $controller and the $addresses.
kafka_properties() {
	local listener served='' protocols=CONTROLLER:PLAINTEXT
	for listener in plaintext $listeners; do
		served+=${served:+,}${listener^^}://${addresses[$listener]}
		case $listener in
		plaintext) protocols+=,PLAINTEXT:PLAINTEXT ;;
		plain | scram) protocols+=,${listener^^}:SASL_SSL ;;
		*) protocols+=,${listener^^}:SSL ;;
		esac
	done
	cat <<-PROPERTIES
		process.roles=broker,controller
		node.id=1
		controller.quorum.voters=1@$controller
		listeners=$served,CONTROLLER://$controller
		advertised.listeners=$served
		listener.security.protocol.map=$protocols
		controller.listener.names=CONTROLLER
		log.dirs=$at/log
		num.partitions=1
		offsets.topic.replication.factor=1
		transaction.state.log.replication.factor=1
		transaction.state.log.min.isr=1
		message.max.bytes=40000000
		socket.request.max.bytes=100000000
	PROPERTIES
	broker_security "$FIELD_SECURITIES"
}

# kafka_serves NAME: its names among FIELD_BROKERS.
kafka_serves() {
	local listener
	FIELD_BROKERS+=" $1=${addresses[plaintext]}"
	for listener in $listeners; do
		FIELD_BROKERS+=" $1-$listener=${addresses[$listener]}"
	done
}

# kafka_try NAME JARS: one attempt; it serves, or did not start.
kafka_try() {
	local at=$FIELD_SCRATCH/$1 jars=$2 ports listener pid controller
	local -A addresses
	read -ra ports <<< "$(free_ports 6)"
	controller=127.0.0.1:${ports[0]}
	for listener in plaintext $listeners; do
		ports=("${ports[@]:1}")
		addresses[$listener]=127.0.0.1:${ports[0]}
	done
	rm -rf "$at"
	mkdir -p "$at"
	kafka_properties > "$at/server.properties"
	# shellcheck disable=SC2086
	timeout 60 java $java_options -cp "$jars/*" kafka.tools.StorageTool format \
		-t AAAAAAAAAAAAAAAAAAAAAQ -c "$at/server.properties" \
		--add-scram "$(scram_user)" > "$at/said" 2>&1 || return 1
	# shellcheck disable=SC2086
	setpriv --pdeathsig KILL java $java_options -cp "$jars/*" kafka.Kafka \
		"$at/server.properties" >> "$at/said" 2>&1 < /dev/null &
	pid=$!
	broker_pids+=" $pid"
	for _ in $(seq 300); do
		kill -0 "$pid" 2> /dev/null || return 1
		if kcat_quiet -L -b "${addresses[plaintext]}" | grep -q '^ 1 brokers'; then
			kafka_serves "$1"
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
		once "$jars" copy_jars "$field/broker/pom.xml" "$2" ||
			{ skipped "Apache Kafka $2" "$(once_failed)"; return 0; }
	fi
	for _ in 1 2 3; do
		if kafka_try "$1" "$jars"; then
			say "$1 is Apache Kafka $2"
			printf '%s is Apache Kafka %s\n' "$1" "$2" >> "$FIELD_SCRATCH/notes"
			return 0
		fi
	done
	printf 'Apache Kafka %s\t-\t-\t-\t-\t-\tdisagree: it does not start: %s\n' "$2" \
		"$(tail -n 1 "$FIELD_SCRATCH/$1/said")"
}

embedded_start() {
	local said=$FIELD_SCRATCH/embedded
	setpriv --pdeathsig KILL "$FIELD_BUILD/bin/unflushed" broker --partitions 1 \
		> "$said" 2> /dev/null < /dev/null &
	broker_pids+=" $!"
	for _ in $(seq 100); do
		[ ! -s "$said" ] || break
		sleep 0.05
	done
	FIELD_BROKERS+=" embedded=$(head -n 1 "$said")"
}

# security_start: what the brokers' listeners need, before the first of them.
security_start() {
	FIELD_SECURITIES=$FIELD_SCRATCH/security
	security_make "$FIELD_SECURITIES" && return 0
	printf 'TLS\t-\t-\t-\t-\t-\tdisagree: no certificates: %s\n' \
		"$(tail -n 1 "$FIELD_SECURITIES/said")"
	return 1
}

# Once: a second script finds them running.
brokers_start() {
	[ -z "$broker_pids" ] || return 0
	embedded_start
	security_start >> "$rows" || return 0
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
