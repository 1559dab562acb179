# The shell of one page: reads from a file descriptor which step is next, and sources the steps one after the other, so
# that variables, functions, aliases and the working directory carry over. Tells on another how each went:
#   error LINE       a command failed, at this line of the step
#   done STATUS      the step has ended; "done early": its last line, which sets __dt_status, was not reached
#   kept 0, kept 1   which of its two files holds what a later shell needs to go on from here
# A page may define what it likes: all names here start with __dt_, builtins are called as such, no program is started.
# Started as: bash --noprofile --norc driver.bash STATE SCRIPT OUTPUTS ORDERS NEWS [STATE_TO_RESTORE]

{ # One command, read as a whole before any of it runs: aliases of the page cannot change it.
    __dt_state=$1 __dt_script=$2 __dt_outputs=$3 __dt_given=$4 __dt_told=$5 __dt_restore=${6-}
    # Numbers from 10 on: a page that writes `exec 3<file` does not mean ours. Theirs are not ours, either.
    exec {__dt_orders}<&"$__dt_given" {__dt_news}>&"$__dt_told" {__dt_given}<&- {__dt_told}>&-
    set --
    shopt -s expand_aliases
    # Steps are sourced, which makes one sign more of PS4's first one; the mark tells docs-test where that is.
    PS4=$'\001+ '
    if [[ -n $__dt_restore ]]; then
        source "$__dt_restore" >/dev/null 2>&1 || builtin true
    fi

    # Into the two files in turn, each written over: to make one anew at each step takes ten times as long. What is
    # left of a longer one before stands behind the last line, which has the same number as the first.
    __dt_keep() {
        __dt_turn=$((1 - __dt_turn)) __dt_count=$((__dt_count + 1))
        {
            builtin printf '# state %s\n' "$__dt_count"
            builtin declare -p
            builtin declare -f
            builtin alias -p
            builtin printf '# whole %s\n' "$__dt_count"
        } 1<>"$__dt_state-$__dt_turn.bash" 2>/dev/null || builtin true
        builtin printf 'kept %s\n' "$__dt_turn" >&"$__dt_news"
    }

    __dt_tell() {
        builtin printf 'done %s\n' "${__dt_status:-early}" >&"$__dt_news"
        __dt_running=
        # Meanwhile, docs-test compares and tells. A step that changed nothing has a minus.
        [[ ${__dt_order:24} == - ]] || __dt_keep
    }

    # In a function of the page, the line that called it: the function may be an earlier step's.
    __dt_failed() {
        local __dt_depth=${#FUNCNAME[@]}
        ((__dt_depth == 3)) || builtin set -- "${BASH_LINENO[__dt_depth - 3]}"
        builtin printf 'error %s\n' "$1" >&"$__dt_news"
    }

    __dt_left() {
        builtin set +eE
        builtin trap - ERR
        __dt_keep
    }

    # What they do is not traced: the step's output has the trace of its own commands alone.
    builtin trap '{ __dt_left; } >/dev/null 2>&1' EXIT
    builtin trap '{ __dt_failed "$LINENO"; } >/dev/null 2>&1' ERR

    # A `continue` in a step goes on here without the end of the loop, which is why the loop's head tells as well.
    __dt_running='' __dt_turn=1 __dt_count=0
    while { [[ -z $__dt_running ]] || __dt_tell; } &&
        TMOUT=0 builtin read -r -u "$__dt_orders" -N 25 __dt_order; do
        __dt_running=yes __dt_status=''
        # A step that switched them off did so for itself: a later one would pass, whatever fails.
        builtin set -Eeuo pipefail
        builtin source "$__dt_script" >>"$__dt_outputs${__dt_order:0:24}.out" 2>&1 </dev/null
        __dt_tell
    done
}
