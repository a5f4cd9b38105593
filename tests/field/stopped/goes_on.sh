#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# goes_on.sh - runs COMMAND, and has the broker that it stopped go on when it is gone
"$@"
status=$?
kill -CONT "$FIELD_BROKER_PID"
exit $status
