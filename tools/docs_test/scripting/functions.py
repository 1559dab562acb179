"""The functions of bash that a script may need, in the order in which they stand in it.

All names begin with `_page_`: those of a page's own commands do not.
"""

from __future__ import annotations

RETRY_SECONDS = 2
"""Pause between two tries of a step, as in a run."""

LIMIT = """\
# Ends the script, and what it runs, if SECONDS pass before the next call; PLACE names the step. 0: no limit.
_page_limit() {
    [ -z "${_page_watchman-}" ] || kill "$_page_watchman" 2>/dev/null || true
    _page_watchman=
    _page_seconds=$(($1 * _page_times))
    [ "$_page_seconds" -gt 0 ] || return 0
    if [ -n "$_page_last" ] && [ "$_page_seconds" -gt "$((_page_last - SECONDS))" ]; then
        _page_seconds=$((_page_last - SECONDS))
    fi
    # Not a job of this shell, which a page's own `wait` would wait for.
    _page_watchman=$(
        _page_watch "$2" >/dev/null &
        echo "$!"
    )
}

# Waits for _page_seconds, then ends the script's process group but for the servers, which have their own.
_page_watch() {
    set +e
    _page_deadline=$((SECONDS + _page_seconds))
    while [ "$SECONDS" -lt "$_page_deadline" ]; do
        sleep 1 >/dev/null 2>&1
        kill -0 "$$" 2>/dev/null || return
    done
    trap '' TERM # The next call does not keep it from its end.
    printf '%s: still running after %s s\\n' "$1" "$_page_seconds" >&2
    mapfile -t _page_running < <(
        ps -A -o pid= -o ppid= -o pgid= | awk -v top="$$" '
            { parent[$1] = $2; group[$1] = $3 }
            END {
                for (one in parent) {
                    for (above = one; above in parent && above != top; ) above = parent[above]
                    if (above != top || one == top || group[one] != group[top]) continue
                    if (parent[one] == top) last = last one "\\n"; else print one
                }
                printf "%s", last
            }'
    )
    kill -ALRM "$$"
    kill -TERM "${_page_running[@]}" 2>/dev/null
    sleep 3 >/dev/null 2>&1
    # What is stopped starts nothing more. The children of the script come last: it goes on when they end.
    kill -STOP "${_page_running[@]}" 2>/dev/null
    kill -KILL "${_page_running[@]}" 2>/dev/null
}
"""
ANSWERS = """\
# Whether something answers at HOST PORT, or at the URL, if there is one, with success.
_page_answers() {
    if [ -n "${3-}" ] && command -v curl >/dev/null; then
        curl --fail --location --silent --noproxy '*' --max-time 5 --output /dev/null "$3"
    else
        (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null
    fi
}
"""
SERVERS = """\
# Waits for SECONDS until what was started last answers at HOST PORT, or at the URL.
_page_wait() {
    _page_servers+=("$!")
    _page_deadline=$((SECONDS + $1))
    until kill -0 "$!" 2>/dev/null && _page_answers "${@:2}"; do
        if ! kill -0 "$!" 2>/dev/null; then
            printf 'the command ended before %s answered\\n' "${4-$2:$3}" >&2
            return 1
        elif [ "$SECONDS" -ge "$_page_deadline" ]; then
            printf '%s did not answer within %s s\\n' "${4-$2:$3}" "$1" >&2
            return 1
        fi
        sleep 0.2
    done
}

# Ends what was started in the background, the last one first, with all that it has started.
_page_end_servers() {
    for ((_page_number = ${#_page_servers[@]} - 1; _page_number >= 0; _page_number--)); do
        _page_server=${_page_servers[_page_number]}
        kill -TERM -- "-$_page_server" 2>/dev/null
        for ((_page_tries = 0; _page_tries < 30; _page_tries++)); do
            kill -0 -- "-$_page_server" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL -- "-$_page_server" 2>/dev/null
        wait "$_page_server" 2>/dev/null
    done
}
"""
TRY = """\
# Calls a function in a shell of its own, which is all that a failure ends; keeps what it printed, and its status.
_page_try() {
    set +e
    _page_output=$(
@TRAP@        set -e
        "$1" 2>&1
    )
    _page_status=$?
@KEPT@    set -e
    [ -z "$_page_output" ] || printf '%s\\n' "$_page_output"
}
"""
TRAP = "        trap '_page_keep >\"$_page_kept\"' EXIT\n"
KEPT = '    # shellcheck source=/dev/null\n    source "$_page_kept"\n'
KEEP = """\
# Prints the variables that _page_names names, and the folder, for the shell that goes on.
_page_keep() {
    for _page_name in "${_page_names[@]}"; do
        declare -p "$_page_name" 2>/dev/null | sed '1s/^declare /declare -g /'
    done
    printf 'cd -- %q\\n' "$PWD"
}
"""
UNTIL = f"""\
# Calls FUNCTION for at most SECONDS until it ends with STATUS and its output matches all of _page_shown.
_page_until() {{
    _page_deadline=$((SECONDS + $1))
    while true; do
        _page_try "$3"
        if [ "$_page_status" -eq "$2" ] && _page_is_shown; then
            return 0
        fi
        if [ "$((SECONDS + {RETRY_SECONDS}))" -gt "$_page_deadline" ]; then
            printf 'tried for %s s: status %s, not %s with what the page shows\\n' "$1" "$_page_status" "$2" >&2
            return 1
        fi
        sleep {RETRY_SECONDS}
    done
}}

# Whether the output matches each of the patterns in _page_shown.
_page_is_shown() {{
    for _page_pattern in "${{_page_shown[@]}}"; do
        [[ $_page_output$'\\n' =~ $_page_pattern ]] || return 1
    done
}}
"""
WITHIN = """\
# Holds that SECONDS have not passed since the time BEGAN.
_page_within() {
    if [ "$((SECONDS - $2))" -gt "$1" ]; then
        printf '%s s have passed, the page promises at most %s s\\n' "$((SECONDS - $2))" "$1" >&2
        return 1
    fi
}
"""
CLEAN = """\
# Calls a part of the clean-up: what fails in it ends that part alone, and the script fails.
_page_clean() {
    (
        set -euo pipefail
        "$@"
    )
    _page_status=$?
    if [ "$_page_status" -ne 0 ]; then
        printf '%s: clean-up ended with status %s\\n' "$0" "$_page_status" >&2
        [ "$_page_verdict" -ne 0 ] || _page_verdict=1
    fi
}
"""
END = """\
# Runs at the end of the script, however it ends.
_page_end() {
    _page_verdict=$?
    set +e
    trap - EXIT ERR
    trap : INT TERM HUP ALRM # An interruption ends the command under way, not the rest of the clean-up.
@BODY@    exit "$_page_verdict"
}
trap _page_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
trap 'exit 124' ALRM
trap 'printf "%s:%s: status %s: %s\\n" "$0" "$LINENO" "$?" "$BASH_COMMAND" >&2' ERR
"""
