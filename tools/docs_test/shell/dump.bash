# Sourced by driver.bash and interactive.bash: writes down what a later shell needs to go on from here.
# $__dt_state names the file. In an interactive shell ($__dt_interactive) options are those of the state it began with,
# $__dt_restored: its own are for a person at a terminal.

# Variables (no longer read-only), functions, aliases, working directory, options. Options come first: how functions
# are read depends on them; aliases come after the functions, in which they would be expanded.
# Each variable's first line follows a mark, so that one sed finds them all: a program a variable takes far longer.
__dt_dump() {
    {
        local __dt_name __dt_mark="# $RANDOM$RANDOM$RANDOM"
        if [ -z "${__dt_interactive-}" ]; then
            shopt -p
        elif [ -n "${__dt_restored-}" ]; then
            grep -E '^shopt -[su] [a-z0-9_]+$' "$__dt_restored"
        fi
        for __dt_name in $(compgen -v); do
            case $__dt_name in
            __dt_* | BASH* | DIRSTACK | EUID | FUNCNAME | GROUPS | PPID | SHELLOPTS | UID | _ | PIPESTATUS | LINENO) ;;
            PS[0-4] | PROMPT_* | HIST* | COLUMNS | LINES | TERM | SHLVL | MAILCHECK)
                if [ -z "${__dt_interactive-}" ]; then
                    printf '%s\n' "$__dt_mark" && declare -p "$__dt_name" 2>/dev/null || true
                fi
                ;;
            *) printf '%s\n' "$__dt_mark" && declare -p "$__dt_name" 2>/dev/null || true ;;
            esac
        done | sed "/^$__dt_mark\$/{n;s/^declare -\([^r ]*\)r/declare -\1/;s/^declare - /declare -- /}"
        declare -f
        alias -p
        printf 'cd -- %q\n' "$PWD"
        if [ -z "${__dt_interactive-}" ]; then
            set +o
        elif [ -n "${__dt_restored-}" ]; then
            grep -E '^set [-+]o [a-z-]+$' "$__dt_restored"
        fi
    } >"$__dt_state.new" 2>/dev/null || true
    mv -f "$__dt_state.new" "$__dt_state"
}
