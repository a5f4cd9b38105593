# SPDX-License-Identifier: Apache-2.0
#
# fleet.sh - a few producers whose traces are of interest together. Sourced after field.sh.

# fleet DIRECTORY: leaves traces of processes there that lose messages of one topic, of two, or
# none. Debian's confluent_kafka, on the embedded broker; of slow answers none comes in time.
fleet() {
	local number
	mkdir -p "$1"
	for number in 1 2 3; do
		fleet_one "$1" 3000 confluent_no_flush.py "lost-$number" $((number * 100))
	done
	fleet_one "$1" 0 confluent_flush.py kept 100
	fleet_one "$1" 3000 ../databases/two_topics.py
}

fleet_one() { # directory milliseconds program argument...
	local directory=$1 slow=$2 program=$3
	shift 3
	timeout 60 "$FIELD_BUILD/bin/unflushed" run -q --broker --broker-rtt "$slow" \
		--dir "$directory" -- /usr/bin/python3 "$field/python/$program" '{broker}' "$@" \
		> /dev/null 2> "$FIELD_SCRATCH/fleet.log" || return 1
}
