# Sourced by driver.bash and interactive.bash: writes down what a later shell needs to go on from here. A step ends with
# it, so no program is started for it. `state.py` makes of it what a shell can read.

# Options, variables, functions, working directory, aliases, into a file. Options come first: how functions are read
# depends on them. Aliases come last: functions would be read with them.
# In an interactive shell ($__dt_interactive) options are those of the state it began with, $__dt_restored: its own are
# for a person at a terminal.
__dt_dump() {
    {
        builtin printf '# state of a %s\n' "${__dt_interactive:+person}"
        if [[ -z ${__dt_interactive-} ]]; then
            builtin shopt -p
        elif [[ -n ${__dt_restored-} ]]; then
            command grep -E '^shopt -[su] [a-z0-9_]+$' "$__dt_restored"
        fi
        builtin declare -p
        builtin declare -f
        builtin printf 'cd -- %q\n' "${PWD-.}"
        if [[ -z ${__dt_interactive-} ]]; then
            builtin set +o
        elif [[ -n ${__dt_restored-} ]]; then
            command grep -E '^set [-+]o [a-z-]+$' "$__dt_restored"
        fi
        builtin alias -p
        builtin printf '# whole\n'
    } >|"$1" 2>/dev/null || builtin true
}
