# The shell of one page: reads the paths of steps from file descriptor ORDERS and sources them, one after the other, so
# that variables, functions and the working directory carry over. Tells on NEWS how each went. All names of its own
# start with __dt_. Started as: bash --noprofile --norc driver.bash STATE_FILE ORDERS NEWS [STATE_TO_RESTORE]

__dt_state=$1 __dt_orders=$2 __dt_news=$3

# What a later shell needs to go on from here: variables (no longer read-only), functions, working directory, options.
# Each variable's first line follows a mark, so that one sed finds them all: a program a variable takes far longer.
__dt_dump() {
    {
        local __dt_name __dt_mark="# $RANDOM$RANDOM$RANDOM"
        for __dt_name in $(compgen -v); do
            case $__dt_name in
            __dt_* | BASH* | DIRSTACK | EUID | FUNCNAME | GROUPS | PPID | SHELLOPTS | UID | _ | PIPESTATUS | LINENO) ;;
            *) printf '%s\n' "$__dt_mark" && declare -p "$__dt_name" 2>/dev/null || true ;;
            esac
        done | sed "/^$__dt_mark\$/{n;s/^declare -\([^r ]*\)r/declare -\1/;s/^declare - /declare -- /}"
        declare -f
        printf 'cd -- %q\n' "$PWD"
        set +o
    } >"$__dt_state.new" 2>/dev/null || true
    mv -f "$__dt_state.new" "$__dt_state"
}

if [ -n "${4-}" ] && [ -e "$4" ]; then
    # Read-only variables of the other shell cannot be set again; nothing else can fail here.
    source "$4" >/dev/null 2>&1 || true
fi

trap 'set +eE; trap - ERR; __dt_dump' EXIT
trap 'printf "error %s %s\n" "$LINENO" "${BASH_SOURCE[0]-}" >&"$__dt_news"' ERR
set -Eeuo pipefail

while IFS= read -r -u "$__dt_orders" __dt_script; do
    source "$__dt_script" >"${__dt_script%.sh}.out" 2>&1 </dev/null
    __dt_dump
    printf 'done\n' >&"$__dt_news"
done
