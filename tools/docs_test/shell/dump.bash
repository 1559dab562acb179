# Sourced by interactive.bash: writes down what a page's shell needs to go on from what a person has changed.
# `state.py` makes of it what a shell can read.

# Options, variables, functions, working directory, aliases, into a file. Options are those of the state that the shell
# began with, $__dt_restored: its own are for a person at a terminal.
__dt_dump() {
    {
        builtin printf '# state of a person\n'
        if [[ -n ${__dt_restored-} ]]; then
            command grep -E '^shopt -[su] [a-z0-9_]+$' "$__dt_restored"
        fi
        builtin declare -p
        builtin declare -f
        builtin printf 'cd -- %q\n' "${PWD-.}"
        if [[ -n ${__dt_restored-} ]]; then
            command grep -E '^set [-+]o [a-z-]+$' "$__dt_restored"
        fi
        builtin alias -p
        builtin printf '# whole\n'
    } >|"$1" 2>/dev/null || builtin true
}
