"""What stands around the steps of a page in its script: functions, its folder, its ports, its end."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from docs_test.scripting import functions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from docs_test.model import Tutorial
    from docs_test.scripting.blocks import Blocks

START = """\
set -euo pipefail
if [ -z "${BASH_SOURCE[0]-}" ]; then
    echo 'save this script and run it as a file: bash FILE' >&2
    exit 2
fi
exec </dev/null
"""
LIMITS = """\
_page_times=${PAGE_LIMITS:-1}
case $_page_times in *[!0-9]*)
    printf "PAGE_LIMITS '%s', allowed: a whole number\\n" "$_page_times" >&2
    exit 2
    ;;
esac
"""
FOLDER = """\
_page_made=
if [ "$#" -gt 0 ]; then
    mkdir -p -- "$1"
    _page_folder=$(cd -- "$1" && pwd)
else
    _page_folder=$(mktemp -d)
    _page_made=$_page_folder
fi
set --
cd -- "$_page_folder"
"""
OWN_FOLDER = """\
_page_folder=$(mktemp -d)
_page_made=$_page_folder
set --
cd -- "$_page_folder"
"""
"""Folder of a set-up: the one that is named on the command line is the page's."""
PARTS = """\
_page_part=${_page_part:-1}
export -n _page_part
_page_arguments=("$@")
mapfile -d '' -t _page_environment < <(env -0)
_page_script=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)/$(basename -- "${BASH_SOURCE[0]}")
"""
"""Start of a script of several pages: each has a bash of its own, for which the script calls itself."""


def folder(tutorial: Tutorial, used: Collection[str], *, own: bool = False) -> str:
    """The folder, and the variables of the front matter.

    Args:
        tutorial: the page.
        used: names of the functions that are there.
        own: whether it gets a folder of its own, whatever the command line names.
    """
    exports = [f"export {name}={shlex.quote(value)}" for name, value in tutorial.variables.items()]
    about = ["", "# Variables that the page is written for."] if exports else []
    kept = ["_page_kept=$(mktemp)", "_page_names=()"] if "keep" in used else []
    clock = [f"_page_last=$((SECONDS + {tutorial.timeout:.0f} * _page_times))"] if "limit" in used else []
    first = (OWN_FOLDER if own else FOLDER).rstrip("\n")
    return "\n".join([first, *kept, *clock, *about, *exports])


def functions_of(used: Collection[str]) -> Iterator[str]:
    """The functions that a script needs, each as lines."""
    if "limit" in used:
        yield LIMITS
        yield functions.LIMIT
    keeps = "keep" in used
    if "answers" in used:
        yield "_page_servers=()"
        yield functions.ANSWERS
        yield functions.SERVERS
    if keeps:
        yield functions.KEEP
    if "until" in used:
        trap, kept = (functions.TRAP, functions.KEPT) if keeps else ("", "")
        yield functions.TRY.replace("@TRAP@", trap).replace("@KEPT@", kept)
        yield functions.UNTIL
    if "within" in used:
        yield functions.WITHIN
    if "clean" in used:
        yield functions.CLEAN


def end(used: Collection[str], tutorial: Tutorial, runs: Sequence[str]) -> str:
    """What runs when the page ends: its clean-up, and the end of all that it started."""
    lines = list(runs)
    if "limit" in used:
        lines = ["_page_last=", *lines, "_page_limit 0"]
    if "answers" in used:
        lines.append("_page_end_servers")
    if any("trap" in step.code for step in tutorial.steps):
        lines.append('(eval "${_page_exit-}") # What the page itself runs at the end of its shell.')
    if any("&" in step.code.replace("&&", "") for step in tutorial.steps if not step.background):
        lines += [
            "for _page_job in $(jobs -p); do",
            '    kill "$_page_job" 2>/dev/null',
            "done",
        ]
    lines.append("cd /")
    if "keep" in used:
        lines.append('rm -f -- "$_page_kept"')
    lines.append('[ -z "$_page_made" ] || rm -rf -- "$_page_made"')
    return functions.END.replace("@BODY@", "".join(f"    {line}\n" for line in lines))


def free(tutorial: Tutorial, blocks: Blocks) -> str:
    """Hold that the ports of the page are free: else a step would be taken for started by somebody else."""
    lines = []
    for step in (step for step in tutorial.steps if step.background):
        host, port, *_ = blocks.address(step)
        said = f"port {port} on {host} is taken, and this page needs it"
        lines += [f"if _page_answers {shlex.join([host, port])}; then"]
        lines += [f"    echo {shlex.quote(said)} >&2", "    exit 1", "fi"]
    return "\n".join(lines)
