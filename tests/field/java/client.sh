# SPDX-License-Identifier: Apache-2.0
#
# client.sh - one version of the Java client, and the program that uses it
#
# Sourced after field.sh. SHA512SUMS pins the client's jars.

fetch_client() { # version
	copy_jars "$field/java/pom.xml" "$1" &&
		grep " kafka-clients-$1.jar" "$field/java/SHA512SUMS" | sha512sum -c --quiet &&
		javac -nowarn -Xlint:-options -source 8 -target 8 -cp "$PWD/*" -d ends \
		"$field/java/Ends.java" &&
		jar cf ends.jar -C ends . # archives of classes take no directories
}

# client VERSION: $jars is the directory of its jars, Ends among them; or a row that says why not.
client() {
	jars=$FIELD_CACHE/kafka-clients-$1-$(digest \
		"$field/java/"{Ends.java,SHA512SUMS,pom.xml,client.sh})
	once "$jars" fetch_client "$1" && return 0
	skipped "kafka-clients $1" "$(once_failed)"
	return 1
}
