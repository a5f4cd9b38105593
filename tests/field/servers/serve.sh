# SPDX-License-Identifier: Apache-2.0
#
# serve.sh - a server that gets five orders and SIGTERM, under `run --check`, as a row
#
# Sourced after field.sh.

free_port() {
	/usr/bin/python3 -c '
import socket
print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])'
}

# order PORT: one request; 7 when nobody listens. A server may listen before it can answer:
# a request that was taken is never asked again.
order() { curl -s -m 30 -o /dev/null "http://127.0.0.1:$1/order"; }

# orders OUT PORT: five requests, or until the program says that it is ready.
orders() {
	local status
	for _ in $(seq 150); do
		status=7
		if [ "$2" = - ]; then
			grep -q ready "$1" && return 0
		else
			order "$2" && status=0 || status=$?
		fi
		if [ $status -ne 7 ]; then
			for _ in 1 2 3 4; do order "$2" || true; done
			return 0
		fi
		sleep 0.2
	done
	return 1
}

# serve CLIENT BROKER stop|await|forget PORT COMMAND...: a row; with PORT "-" nobody asks for
# orders. The program finds BROKER (its address), TOPIC and MODE in its environment, and starts
# in $here. With `layer=wire serve ...` nobody can look into its client, and right is blind's 83.
serve() {
	local client=$1 broker=$2 mode=$3 port=$4 address topic at pid status=0 row nature right=0
	shift 4
	address=$(broker_of "$broker")
	topic=field-$(basename "$FIELD_SCRATCH")-$((told += 1))
	at=$FIELD_SCRATCH/$topic
	printf '%s\t%s\tSIGTERM, %s\t' "$client" "$broker" "$mode"
	if [ -z "$address" ] || ! make_topic "$address" "$topic"; then
		printf -- '-\t-\t-\tskipped: no such broker, or it made no topic\n'
		return 0
	fi
	(
		cd "$here"
		args=("${@//\{broker\}/$address}")
		BROKER=$address TOPIC=$topic MODE=$mode exec timeout -k 5 60 \
			"$FIELD_BUILD/bin/unflushed" run --check --format json \
			--output "$at.json" --dir "$at.traces" -- \
			"${args[@]//\{topic\}/$topic}"
	) > "$at.out" 2>&1 < /dev/null &
	pid=$!
	orders "$at.out" "$port" || true
	kill -TERM "$pid"
	wait "$pid" || status=$?
	case $mode in stop) nature=waits ;; await) nature=hidden ;; *) nature=forgets ;; esac
	[ "${layer:-api}" = api ] || right=83
	row=$(/usr/bin/python3 "$field/judge.py" --must "${must:-}" "$at.json" \
		"$nature" "${layer:-api}" 5 "$(end_offset "$address" "$topic")" \
		"$((status == right ? 0 : status))" "$at.out" "$at.traces")
	if [ "$nature" != forgets ] && [ $status -ne $right ]; then
		row=${row/$'\t'agree/$'\t'disagree: it ended with $status, not $right}
	fi
	if [ "$mode" = forget ] && { [ $status -lt 80 ] || [ $status -gt 84 ]; }; then
		row=${row/$'\t'agree/$'\t'disagree: it ended with $status}
	fi
	echo "$row"
}
