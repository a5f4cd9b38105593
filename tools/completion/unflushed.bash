# bash completion for unflushed
# SPDX-License-Identifier: Apache-2.0
#
# Commands, options and values are read from the program's own help.

_unflushed_commands() {
	"$1" --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

_unflushed_options() { # PROGRAM COMMAND
	"$1" "$2" --help 2>/dev/null |
		sed -n '/^Options:/,$s/^  \(-., \|    \)\(--[a-z-]*\).*/\2/p'
}

# The words in parentheses behind an option, "(text, json, ...)": its values; or its letter.
_unflushed_values() { # PROGRAM COMMAND OPTION
	"$1" "$2" --help 2>/dev/null | awk -v option="$3" '
		/^  (-., |    )--/ {
			found = $1 == option || $2 == option || $1 == option ","
			values = ""
		}
		found { values = values " " $0 }
		found && match(values, /\([a-z0-9_]+(, *[a-z0-9_]+)+\)/) {
			list = substr(values, RSTART + 1, RLENGTH - 2)
			gsub(/[ ,]+/, "\n", list)
			print list
			exit
		}'
}

_unflushed() {
	local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]} at
	local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_unflushed_commands "$program") help \
			--help --version" -- "$current")
		return
	fi
	if [ "$command" = help ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_unflushed_commands "$program")" \
			-- "$current")
		return
	fi
	# What follows is another program's.
	for ((at = 2; at < COMP_CWORD; at++)); do
		if [ "${COMP_WORDS[at]}" = -- ]; then
			mapfile -t COMPREPLY < <(compgen -A command -- "$current")
			compopt -o default 2>/dev/null
			return
		fi
	done
	case $current in
	-*)
		mapfile -t COMPREPLY < <(compgen -W \
			"$(_unflushed_options "$program" "$command")" -- "$current")
		;;
	*)
		case $before in
		-*) mapfile -t COMPREPLY < <(compgen -W \
			"$(_unflushed_values "$program" "$command" "$before")" -- "$current") ;;
		esac
		[ ${#COMPREPLY[@]} -gt 0 ] || compopt -o default 2>/dev/null
		;;
	esac
}

complete -F _unflushed unflushed
