# The shell of one page: reads from file descriptor ORDERS the path of each step and, in the next line, that of its
# output, and sources the steps one after the other, so that variables, functions and the working directory carry over.
# Tells on NEWS how each went: "error LINE FILE" of a command that failed, "done STATUS" at the end, "done early" if the
# last line of the step, which sets __dt_status, was not reached. All names of its own start with __dt_.
# Started as: bash --noprofile --norc driver.bash STATE_FILE ORDERS NEWS [STATE_TO_RESTORE]

__dt_state=$1 __dt_orders=$2 __dt_news=$3

source "${BASH_SOURCE[0]%/*}/dump.bash"

if [ -n "${4-}" ] && [ -e "$4" ]; then
    # Read-only variables of the other shell cannot be set again; nothing else can fail here.
    source "$4" >/dev/null 2>&1 || true
fi

trap 'set +eE; trap - ERR; __dt_dump' EXIT
trap 'printf "error %s %s\n" "$LINENO" "${BASH_SOURCE[0]-}" >&"$__dt_news"' ERR

__dt_tell() {
    __dt_dump
    printf 'done %s\n' "${__dt_status:-early}" >&"$__dt_news"
    __dt_running=
}

# A `continue` in a step goes on here without the end of the loop, which is why the loop's head tells as well.
__dt_running=
while { [ -z "$__dt_running" ] || __dt_tell; } &&
    IFS= read -r -u "$__dt_orders" __dt_script && IFS= read -r -u "$__dt_orders" __dt_out; do
    __dt_running=yes __dt_status=
    set -Eeuo pipefail # A step that switched them off did so for itself: a later one would pass, whatever fails.
    source "$__dt_script" >>"$__dt_out" 2>&1 </dev/null
    __dt_tell
done
