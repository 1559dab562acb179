# The start of a shell in which a person looks at a page, with what its steps have set; what they change is written
# down when it ends. Started as: bash --noprofile --rcfile interactive.bash -i, with these variables:
#   __dt_restored  file with what the page's shell knew; "" if no step ran yet
#   __dt_state     file to write
#   __dt_prompt    words before the directory in the prompt

export -n __dt_restored __dt_state __dt_prompt
__dt_interactive=yes __dt_term=$TERM
source "${BASH_SOURCE[0]%/*}/dump.bash"
if [ -n "$__dt_restored" ] && [ -e "$__dt_restored" ]; then
    source "$__dt_restored" >/dev/null 2>&1 || true
fi
# A person's mistake must not end the shell, as that of a step does.
set +eEu +o pipefail
shopt -s expand_aliases checkwinsize
TERM=$__dt_term
unset HISTFILE PROMPT_COMMAND
PS1='[${__dt_prompt}] \w \$ '
trap '__dt_dump "$__dt_state"' EXIT
