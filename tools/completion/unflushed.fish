# fish completion for unflushed
# SPDX-License-Identifier: Apache-2.0
#
# Commands and options are read from the program's own help, with what they are for.

function __unflushed_commands
    unflushed --help 2>/dev/null | string match -rg '^  ([a-z]+ +\S.*)$' |
        string replace -r ' +' \t
end

function __unflushed_command
    set -l words (commandline -opc)
    test (count $words) -gt 1; and echo $words[2]
end

function __unflushed_needs_command
    test (count (commandline -opc)) -eq 1
end

function __unflushed_options
    set -l command (__unflushed_command)
    test -n "$command"; or return
    unflushed $command --help 2>/dev/null |
        string match -rg '^  (?:-., |    )(--[a-z-]+(?: +\S+)?(?:  +\S.*)?)$' |
        string replace -r '^(--[a-z-]+).*?(?:  +(\S.*))?$' '$1\t$2'
end

complete -c unflushed -n __unflushed_needs_command -f -a '(__unflushed_commands)'
complete -c unflushed -n __unflushed_needs_command -f -a help -d 'explain a command'
complete -c unflushed -n 'not __unflushed_needs_command; and string match -q -- "-*" (commandline -ct)' \
    -f -a '(__unflushed_options)'
complete -c unflushed -n 'string match -q help (__unflushed_command)' -f -a '(__unflushed_commands)'
