#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# pipes_to_s_client.sh - a file through a pipe into `openssl s_client`
#
#	pipes_to_s_client.sh HOST:PORT FILE
cat "$2" | openssl s_client -connect "$1" -quiet -no_ign_eof -verify_quiet 2>/dev/null
echo "status $?"
