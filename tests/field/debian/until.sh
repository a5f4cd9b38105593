#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# until.sh - runs a daemon until a topic holds so much, then sends it a signal
#
#	until.sh BROKER TOPIC COUNT SIGNAL CONF LINES COMMAND...
#
# The daemon is started in a new directory that holds CONF as `conf`, with
# @BROKER@, @TOPIC@, @WORK@ (that directory) and @LINES@ put in; a line with @WORD@
# is there once for each of librdkafka's words that lead in where FIELD_SECURITY is,
# and not at all where there is none. Only the daemon
# is under the shim: a consumer's trace would stand in the report beside its own.
broker=$1 topic=$2 count=$3 signal=$4 conf=$5 lines=$6
shift 6
work=$PWD/work-$topic
mkdir "$work" && cd "$work" || exit 2
awk -v words="${FIELD_SECURITY:-/dev/null}${FIELD_SECURITY:+/librdkafka.properties}" '
	!/@WORD@/ { print; next }
	{
		while ((getline pair < words) > 0) {
			line = $0
			at = index(pair, "=")
			sub("@WORD@", substr(pair, 1, at - 1), line)
			sub("@VALUE@", substr(pair, at + 1), line)
			print line
		}
	}' "$conf" | sed -e "s,@BROKER@,$broker,; s,@PORT@,${broker#*:},; s,@TOPIC@,$topic," \
	-e "s,@WORK@,$work,; s,@LINES@,$lines," > conf
"$@" &
daemon=$!
there() {
	env -u LD_PRELOAD -u LD_AUDIT -u UNFLUSHED_DIR -u LD_LIBRARY_PATH timeout 5 kcat -Q \
		-b "$broker" -t "$topic:0:-1" 2> /dev/null | awk '{ n = $4 } END { print n + 0 }'
}
tries=0
while [ "$(there)" -lt "$count" ] && [ $((tries += 1)) -lt 100 ]; do
	kill -0 $daemon 2> /dev/null || exit 3
	sleep 0.2
done
kill -"$signal" $daemon
wait $daemon
exit 0
